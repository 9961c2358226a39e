#!lua
-- Decides the grabs that wait for one packet, in the order given: claim or take, record, and append to the outbox.
-- Every check comes before the first write, for Lua does not roll back; without flags Redis refuses the whole script
-- when it is out of memory. A user who asks again is told what was won before: the call is idempotent by user.
--
-- KEYS[1] hb:{slot}:packet:<packetId>:meta    hash
-- KEYS[2] hb:{slot}:packet:<packetId>:shares  list of "ordinal:amount"
-- KEYS[3] hb:{slot}:packet:<packetId>:claims  hash userId -> "ordinal:amount:atMs"
-- KEYS[4] hb:{slot}:outbox                    stream
-- KEYS[5] hb:{slot}:gate                      string
-- ARGV[1] packet id
-- ARGV[2] run id of this Redis process, as the caller read it on connecting
-- ARGV[3] eligible, a character for each grab ('1' or '0'), or '' when all are
-- ARGV[4] entries that the outbox may hold: beyond it the ledger is too far behind, and nobody wins until it has caught up
-- ARGV[5…] user ids, one for each grab
-- Returns {'unknown'} no such packet here | {'shut'} not to be trusted now, ask again |
--   {'decided', remainingShares, remainingAmount, opensAtMs, outcome for each grab}, an outcome being
--   'n' not_open | 'c' closed | 'i' not_eligible | 'e' empty | 'b' busy, the outbox is full | 'w<ordinal>:<amount>' won | 'a<ordinal>:<amount>:<atMs>' already
local meta = redis.call('HMGET', KEYS[1], 'state', 'opensAtMs', 'expiresAtMs', 'remaining')
if redis.call('GET', KEYS[5]) ~= ARGV[2] then return {'shut'} end
local state = meta[1]
if not state then return {'unknown'} end
if state == 'arming' or state == 'frozen' then return {'shut'} end

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local opensAtMs = tonumber(meta[2])
local left = redis.call('LLEN', KEYS[2])
local closed = state == 'expired' or (left > 0 and nowMs >= tonumber(meta[3]))
local early = not closed and nowMs < opensAtMs
local full = left > 0 and redis.call('XLEN', KEYS[4]) >= tonumber(ARGV[4])
local claims = redis.call('HMGET', KEYS[3], unpack(ARGV, 5))

local outcomes, winners, seen, first = {}, {}, {}, 4
for k = 1, #claims do
  local user = ARGV[k + 4]
  if early then outcomes[k + first] = 'n'
  elseif claims[k] then outcomes[k + first] = 'a' .. claims[k]
  elseif seen[user] then outcomes[k + first] = seen[user]
  elseif closed then outcomes[k + first] = 'c'
  elseif string.byte(ARGV[3], k) == 48 then outcomes[k + first] = 'i'
  elseif #winners >= left then outcomes[k + first] = 'e'
  elseif full then outcomes[k + first] = 'b'
  else
    winners[#winners + 1] = k
    seen[user] = #winners
  end
end

local remaining = tonumber(meta[4])
if #winners > 0 then
  local shares = redis.call('LPOP', KEYS[2], #winners)
  local at = string.format(':%d', nowMs)
  local record, entry = {}, {}
  for w = 1, #winners do
    local user, share = ARGV[winners[w] + 4], shares[w]
    remaining = remaining - tonumber(string.sub(share, string.find(share, ':', 1, true) + 1))
    outcomes[winners[w] + first] = 'w' .. share
    record[2 * w - 1], record[2 * w] = user, share .. at
    entry[w] = user .. ' ' .. share
  end
  redis.call('HSET', KEYS[3], unpack(record))
  redis.call('HSET', KEYS[1], 'remaining', string.format('%d', remaining))
  redis.call('XADD', KEYS[4], '*', 'packet', ARGV[1], 'at', nowMs, 'claims', table.concat(entry, ' '),
    'left', (left - #winners) .. ':' .. string.format('%d', remaining))
  left = left - #winners
  for k = 1, #claims do
    local winner = outcomes[k + first]
    if type(winner) == 'number' then outcomes[k + first] = 'a' .. shares[winner] .. at end
  end
end
outcomes[1], outcomes[2], outcomes[3], outcomes[4] = 'decided', left, string.format('%d', remaining), opensAtMs
return outcomes
