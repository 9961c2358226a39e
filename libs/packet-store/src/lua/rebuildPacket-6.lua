#!lua
-- Puts a packet, or a partition of it, back whole: takes shares and claims that were written aside, block by block, in
-- place of whatever is here. Used when Redis came back empty or old. The caller has merged the claims that Redis still
-- knew, and no grab gets through: the slot's gate, or the packet's own when it is spread, holds the word of the check.
--
-- KEYS[1] hb:{slot}:packet:<packetId>:meta            hash
-- KEYS[2] hb:{slot}:packet:<packetId>:shares          list of "ordinal:amount"
-- KEYS[3] hb:{slot}:packet:<packetId>:claims          hash userId -> "ordinal:amount:atMs"
-- KEYS[4] hb:{slot}:packet:<packetId>:shares:<aside>  list, missing when none is left
-- KEYS[5] hb:{slot}:packet:<packetId>:claims:<aside>  hash, missing when there are none
-- KEYS[6] hb:{slot}:gate, or hb:{slot}:packet:<packetId>:gate of a packet that is spread    string
-- ARGV[1] what the gate must hold, '' to put the packet back whatever it holds
-- ARGV[2] terms, JSON
-- ARGV[3] next block to arm: beyond the last
-- ARGV[4] opensAtMs
-- ARGV[5] expiresAtMs
-- ARGV[6] remaining amount, minor units
-- ARGV[7…] rules, name and value in turns (packet-rules.ts)
-- Returns 1 rebuilt | 0 overtaken by another check, or by another Redis process, which what was read is not of
if ARGV[1] ~= '' and redis.call('GET', KEYS[6]) ~= ARGV[1] then return 0 end
-- UNLINK frees what was there in the background: a million claims take a second to free.
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
for k = 4, 5 do
  if redis.call('EXISTS', KEYS[k]) == 1 then
    redis.call('RENAME', KEYS[k], KEYS[k - 2])
    redis.call('PERSIST', KEYS[k - 2])
  end
end
redis.call('HSET', KEYS[1], 'terms', ARGV[2], 'armed', ARGV[3], 'state', 'open', 'opensAtMs', ARGV[4],
  'expiresAtMs', ARGV[5], 'remaining', ARGV[6], unpack(ARGV, 7))
return 1
