#!lua
-- Decides the grabs that wait for one packet with rules, as grabShares-5.lua does for one without. The rules are fields of
-- its meta hash (packet-rules.ts). What a campaign has given is counted in its slot, but not of spread packets (campaign '0').
-- KEYS[1] hb:{slot}:packet:<packetId>:meta              hash
-- KEYS[2] hb:{slot}:packet:<packetId>:shares            list of "ordinal:amount"
-- KEYS[3] hb:{slot}:packet:<packetId>:claims            hash userId -> "ordinal:amount:atMs"
-- KEYS[4] hb:{slot}:outbox                              stream
-- KEYS[5] hb:{slot}:gate                                string
-- KEYS[6] hb:{slot}:packet:<packetId>:tries             hash userId -> wrong tries
-- KEYS[7] hb:{slot}:campaign:<campaignId>:totals        hash of paused, claims, claims:<day>, amount:<day> (minor units)
-- KEYS[8] hb:{slot}:campaign:<campaignId>:people        hash <user>, <user>:<day>, <user>#<onceKey> -> claims
-- KEYS[9] hb:{slot}:audience:<audienceId>:<campaignId>  set of user ids
-- ARGV[1] packet id
-- ARGV[2] run id of this Redis process, as the caller read it on connecting
-- ARGV[3] marks, a character for each grab ('1' gates met, '0' not met, 'w' answered wrongly), or '' when all are met
-- ARGV[4] entries that the outbox may hold | ARGV[5…] user ids, one for each grab
-- Returns as grabShares-5.lua; outcomes are also 'u' not_found, not in the list | 'n<ms>' not_open until then | and for
--   not_eligible 'p' paused | 't' tries | 'm' members, for those who never won | 'k' cap
local state, opensAtMs, expiresAtMs, remaining, campaign, list, triesMax, neverWon, onceKey, capPerson, capPersonDay,
  capClaims, capClaimsDay, capAmountDay, days, releaseMs, count = unpack(redis.call('HMGET', KEYS[1],
  'state', 'opensAtMs', 'expiresAtMs', 'remaining', 'campaign', 'list', 'triesMax', 'neverWon', 'onceKey', 'capPerson',
  'capPersonDay', 'capClaims', 'capClaimsDay', 'capAmountDay', 'days', 'releaseMs', 'count'))
if redis.call('GET', KEYS[5]) ~= ARGV[2] or state == 'arming' or state == 'frozen' then return {'shut'} end
if not state then return {'unknown'} end

local function number(text, otherwise) return tonumber(text) or otherwise or 0 end
local function amountOf(share) return tonumber(string.sub(share, string.find(share, ':', 1, true) + 1)) end
local time, users, left, huge, format = redis.call('TIME'), {unpack(ARGV, 5)}, redis.call('LLEN', KEYS[2]), math.huge, string.format
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local closed = state == 'expired' or (left > 0 and nowMs >= tonumber(expiresAtMs))
local early = not closed and nowMs < tonumber(opensAtMs)
local day, fields, counting = '', {}, campaign == '1'
for start, name in string.gmatch(days or '', '(%d+)(:[^,]+)') do day = (day == '' or nowMs >= tonumber(start)) and name or day end
local kinds, most = counting and {'', day, onceKey and '#' .. onceKey or nil} or {}, {number(capPerson, huge), number(capPersonDay, huge), 1}

local claims, shares = redis.call('HMGET', KEYS[3], unpack(users)), redis.call('LRANGE', KEYS[2], 0, #users - 1)
local listed, full = list and redis.call('SMISMEMBER', KEYS[9], unpack(users)), left > 0 and redis.call('XLEN', KEYS[4]) >= tonumber(ARGV[4])
local tries = triesMax and redis.call('HMGET', KEYS[6], unpack(users))
local counted = counting and (left > 0 or neverWon or onceKey or capPerson or capPersonDay)
for k = 1, counted and #users or 0 do for s = 1, #kinds do fields[#fields + 1] = users[k] .. kinds[s] end end
local people = counted and redis.call('HMGET', KEYS[8], unpack(fields))
local totals = campaign and redis.call('HMGET', KEYS[7], 'paused', 'claims', 'claims' .. day, 'amount' .. day) or {}
local given, givenToday, spentToday = number(totals[2]), number(totals[3]), number(totals[4])
local claimsLeft = math.min(number(capClaims, huge) - given, number(capClaimsDay, huge) - givenToday)
local taken, released = count and count - left, count and math.min(count, math.floor((nowMs - opensAtMs) * count / releaseMs) + 1)
local nextRelease = count and format('n%d', opensAtMs + math.ceil(math.max(released, taken) * releaseMs / count))

local at, won, spent, seen, tried, outcomes, record, entry, counts = format(':%d', nowMs), 0, 0, {}, {}, {}, {}, {}, {}
local function capped(first, share)
  for s = 1, people and #kinds or 0 do if number(people[first + s]) >= most[s] then return true end end
  return won >= claimsLeft or share and capAmountDay and spentToday + spent + amountOf(share) > tonumber(capAmountDay)
end
for k, user in ipairs(users) do
  local mark, share, first = string.byte(ARGV[3], k), shares[won + 1], (k - 1) * #kinds
  local wrongs = tries and (tried[user] or number(tries[k]))
  local outcome = listed and listed[k] == 0 and 'u' or early and 'n' or claims[k] and 'a' .. claims[k] or seen[user]
    or closed and 'c' or totals[1] and 'p' or tries and wrongs >= tonumber(triesMax) and 't'
    or (mark == 48 or mark == 119) and 'i' or neverWon and number(people[first + 1]) > 0 and 'm'
    or capped(first, share) and 'k' or not share and 'e' or count and taken + won >= released and nextRelease or full and 'b'
  if outcome == 'i' and mark == 119 and tries then tried[user] = wrongs + 1 end
  if not outcome then
    won, spent, outcome, seen[user] = won + 1, spent + amountOf(share), 'w' .. share, 'a' .. share .. at
    record[2 * won - 1], record[2 * won], entry[won] = user, share .. at, user .. ' ' .. share
    for f = first + 1, first + #kinds do counts[#counts + 1], counts[#counts + 2] = fields[f], number(people[f]) + 1 end
  end
  outcomes[k] = outcome
end
for user, wrongs in pairs(tried) do redis.call('HSET', KEYS[6], user, wrongs) end
if won > 0 then
  left, remaining = left - won, format('%d', remaining - spent)
  redis.call('LTRIM', KEYS[2], won, -1)
  redis.call('HSET', KEYS[3], unpack(record))
  redis.call('HSET', KEYS[1], 'remaining', remaining)
  redis.call('XADD', KEYS[4], '*', 'packet', ARGV[1], 'at', nowMs, 'claims', table.concat(entry, ' '),
    'left', left .. ':' .. remaining)
  if counting then redis.call('HSET', KEYS[8], unpack(counts)) end
  if counting then redis.call('HSET', KEYS[7], 'claims', given + won, 'claims' .. day, givenToday + won, 'amount' .. day,
    format('%d', spentToday + spent)) end
end
return {'decided', left, remaining, opensAtMs, unpack(outcomes)}
