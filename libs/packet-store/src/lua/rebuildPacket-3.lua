#!lua
-- Puts a packet back whole, from the seed and the claims that Postgres has: used when Redis came back empty or old.
-- Replaces whatever is here, so the caller has merged the claims that Redis still knew, and the gate is shut.
--
-- KEYS[1] hb:{slot}:packet:<packetId>:meta    hash
-- KEYS[2] hb:{slot}:packet:<packetId>:shares  list of "ordinal:amount"
-- KEYS[3] hb:{slot}:packet:<packetId>:claims  hash userId -> "ordinal:amount:atMs"
-- ARGV[1] terms, JSON
-- ARGV[2] blocks in the packet
-- ARGV[3] opensAtMs
-- ARGV[4] expiresAtMs
-- ARGV[5] remaining amount, minor units
-- ARGV[6] shares left, each "ordinal:amount", separated by spaces
-- ARGV[7] claims, "userId ordinal:amount:atMs", separated by spaces
-- ARGV[8…] rules, name and value in turns (packet-rules.ts)
-- Returns 'rebuilt'
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'terms', ARGV[1], 'armed', ARGV[2], 'state', 'open', 'opensAtMs', ARGV[3],
  'expiresAtMs', ARGV[4], 'remaining', ARGV[5], unpack(ARGV, 8))
for share in string.gmatch(ARGV[6], '%S+') do redis.call('RPUSH', KEYS[2], share) end
for user, claim in string.gmatch(ARGV[7], '(%S+) (%S+)') do redis.call('HSET', KEYS[3], user, claim) end
return 'rebuilt'
