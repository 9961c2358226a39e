#!lua
-- Forgets the shares of a packet that the ledger has closed at once, and what else is known of it after a while.
--
-- KEYS[1] hb:{slot}:packet:<packetId>:meta    hash
-- KEYS[2] hb:{slot}:packet:<packetId>:shares  list
-- KEYS[3] hb:{slot}:packet:<packetId>:claims  hash
-- KEYS[4] hb:{slot}:packet:<packetId>:tries   hash
-- KEYS[5] hb:{slot}:gate, or the gate of the partition  string
-- ARGV[1] what the gate has to hold: the run id of this Redis process, and the round of a partition
-- ARGV[2] seconds after which the rest is forgotten
-- Returns 1, also where nothing is known of it, or 0 when the gate is shut: a Redis that came back older may have the packet as
--   open, which without shares would say `empty` to everyone, and be retired where recovery no longer looks
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 1 end
if redis.call('GET', KEYS[5]) ~= ARGV[1] then return 0 end
-- Put back by recovery between its end here and in the ledger: without its shares an open one would say `empty`.
if state == 'open' then
  redis.call('HSET', KEYS[1], 'state', redis.call('LLEN', KEYS[2]) == 0 and 'finished' or 'expired')
end
redis.call('UNLINK', KEYS[2])
for _, key in ipairs({KEYS[1], KEYS[3], KEYS[4]}) do redis.call('EXPIRE', key, ARGV[2]) end
return 1
