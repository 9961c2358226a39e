#!lua
-- Ends a packet's time now, unless it ended before: every grab after it that does not find a claim is closed.
--
-- KEYS[1] hb:{slot}:packet:<packetId>:meta  hash
-- Returns false no such packet here | expiresAtMs; a packet that is still being armed keeps it when it opens
local meta = redis.call('HMGET', KEYS[1], 'state', 'expiresAtMs')
if not meta[1] then return false end
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local expiresAtMs = math.min(tonumber(meta[2]) or nowMs, nowMs)
redis.call('HSET', KEYS[1], 'expiresAtMs', string.format('%d', expiresAtMs))
return expiresAtMs
