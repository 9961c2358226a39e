#!lua
-- Ends a packet: all shares taken, or past its expiry by Redis's clock. After it no claim can be made.
--
-- KEYS[1] hb:{slot}:packet:<packetId>:meta    hash
-- KEYS[2] hb:{slot}:packet:<packetId>:shares  list
-- KEYS[3] hb:{slot}:gate                      string
-- ARGV[1] run id of this Redis process, as the caller read it on connecting
-- Returns {'shut'} not to be trusted now: a Redis that came back older would refund what was won | {'unknown'} | {'arming' or 'frozen'} not to be closed now | {'open', expiresAtMs, nowMs} neither taken nor expired |
--   {'finished' or 'expired', remainingShares, remainingAmount}
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return {'shut'} end
local meta = redis.call('HMGET', KEYS[1], 'state', 'expiresAtMs', 'remaining')
local state = meta[1]
if not state then return {'unknown'} end
local left = redis.call('LLEN', KEYS[2])
if state == 'open' then
  local time = redis.call('TIME')
  local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
  if left == 0 then state = 'finished'
  elseif nowMs >= tonumber(meta[2]) then state = 'expired'
  else return {'open', tonumber(meta[2]), nowMs} end
  redis.call('HSET', KEYS[1], 'state', state)
end
return {state, left, meta[3]}
