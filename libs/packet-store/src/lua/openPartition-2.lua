#!lua
-- Opens a partition whose blocks are all armed. Idempotent: one that was opened before keeps its instants and its gate.
--
-- KEYS[1] hb:{slot}:packet:<packetId>:<partition>:meta  hash
-- KEYS[2] hb:{slot}:packet:<packetId>:<partition>:gate  string
-- ARGV[1] "runId:round" for which it is open
-- ARGV[2] opensAtMs, 0 for now
-- ARGV[3] expiresInMs, from opening; one that was cut short meanwhile ends before
-- ARGV[4] blocks in the packet
-- Returns {opensAtMs, expiresAtMs, gate}, the gate being '' when there is none
local meta = redis.call('HMGET', KEYS[1], 'state', 'opensAtMs', 'expiresAtMs', 'armed')
if meta[1] ~= 'arming' then
  return {tonumber(meta[2]) or 0, tonumber(meta[3]) or 0, redis.call('GET', KEYS[2]) or ''}
end
if tonumber(meta[4]) < tonumber(ARGV[4]) then return redis.error_reply('GAP armed up to block ' .. meta[4]) end
local now = redis.call('TIME')
local opensAtMs = tonumber(ARGV[2])
if opensAtMs == 0 then opensAtMs = now[1] * 1000 + math.floor(now[2] / 1000) end
local expiresAtMs = math.min(opensAtMs + tonumber(ARGV[3]), tonumber(meta[3]) or math.huge)
redis.call('HSET', KEYS[1], 'state', 'open', 'opensAtMs', string.format('%d', opensAtMs), 'expiresAtMs', string.format('%d', expiresAtMs))
redis.call('SET', KEYS[2], ARGV[1])
return {opensAtMs, expiresAtMs, ARGV[1]}
