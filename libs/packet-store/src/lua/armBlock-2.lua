#!lua
-- Splits one block of a packet into shares (split-v1) and appends them in grab order; the last block opens the packet,
-- unless it is spread: then openPartition-2.lua does, when all are armed. Idempotent: a block that was armed before changes nothing.
--
-- KEYS[1] hb:{slot}:packet:<packetId>:meta    hash
-- KEYS[2] hb:{slot}:packet:<packetId>:shares  list of "ordinal:amount"
-- ARGV[1] seed, 64 hex characters
-- ARGV[2] block, from 0
-- ARGV[3] blocks in the packet
-- ARGV[4] first share of the block, from 0
-- ARGV[5] amount of the block, minor units
-- ARGV[6] shares of the block
-- ARGV[7] min share, minor units
-- ARGV[8] max share, minor units
-- ARGV[9] amount of the packet or partition, minor units
-- ARGV[10] opensAtMs, 0 for "as soon as armed"
-- ARGV[11] expiresInMs, from opening
-- ARGV[12] terms, JSON that the store keeps and gives back unread
-- ARGV[13] partitions of the packet; this one's blocks are so many apart
-- ARGV[14…] rules, name and value in turns (packet-rules.ts)
-- Returns {nextBlock, opensAtMs, expiresAtMs}; the instants are 0 until the packet is open.
local meta = redis.call('HMGET', KEYS[1], 'armed', 'opensAtMs', 'expiresAtMs')
local block, blocks, step = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[13])
local armed = tonumber(meta[1]) or block % step
if block < armed then return {armed, tonumber(meta[2]) or 0, tonumber(meta[3]) or 0} end
if block > armed then return redis.error_reply('GAP block ' .. block .. ' before block ' .. armed) end

local seed, min, max = ARGV[1], tonumber(ARGV[7]), tonumber(ARGV[8])
local first, rest, n = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local drawn, digits = 0, ''
local floor, sub = math.floor, string.sub
local function between(lo, hi)
  local place = drawn % 3
  if place == 0 then digits = redis.sha1hex(seed .. ':' .. ARGV[2] .. ':' .. string.format('%d', drawn / 3)) end
  drawn = drawn + 1
  local u = tonumber(sub(digits, place * 13 + 1, place * 13 + 13), 16) / 4503599627370496
  return lo + floor(u * (hi - lo + 1))
end

local shares = {}
for left = n, 2, -1 do
  local lo = math.max(min, rest - max * (left - 1))
  local hi = math.max(lo, math.min(floor(2 * rest / left) - min, max, rest - min * (left - 1)))
  local share = between(lo, hi)
  shares[#shares + 1] = share
  rest = rest - share
end
shares[n] = rest
for i = n, 2, -1 do
  local j = between(1, i)
  shares[i], shares[j] = shares[j], shares[i]
end
for i = 1, n do shares[i] = string.format('%d:%d', first + i, shares[i]) end

redis.call('RPUSH', KEYS[2], unpack(shares))
if block < step then
  redis.call('HSET', KEYS[1], 'terms', ARGV[12], 'remaining', ARGV[9], 'state', 'arming', unpack(ARGV, 14))
end
redis.call('HSET', KEYS[1], 'armed', block + step)
if block + step < blocks or step > 1 then return {block + step, 0, 0} end
local now = redis.call('TIME')
local opensAtMs = tonumber(ARGV[10])
if opensAtMs == 0 then opensAtMs = now[1] * 1000 + floor(now[2] / 1000) end
local expiresAtMs = math.min(opensAtMs + tonumber(ARGV[11]), tonumber(meta[3]) or math.huge)
redis.call('HSET', KEYS[1], 'state', 'open', 'opensAtMs', string.format('%d', opensAtMs), 'expiresAtMs', string.format('%d', expiresAtMs))
return {blocks, opensAtMs, expiresAtMs}
