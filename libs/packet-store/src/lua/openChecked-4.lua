#!lua
-- Opens a partition again that was checked with its packet, unless somebody else has begun to check it since.
--
-- KEYS[1] hb:{slot}:packet:<packetId>:<partition>:meta    hash
-- KEYS[2] hb:{slot}:packet:<packetId>:<partition>:shares  list of "ordinal:amount"
-- KEYS[3] hb:{slot}:packet:<packetId>:<partition>:claims  hash userId -> "ordinal:amount:atMs"
-- KEYS[4] hb:{slot}:packet:<packetId>:<partition>:gate    string
-- ARGV[1] token of the check, which the gate must hold
-- ARGV[2] "runId:round" for which it is open from now on
-- ARGV[3] shares of the partition when it was armed
-- Returns 1 open | 0 overtaken by another check
if redis.call('GET', KEYS[4]) ~= ARGV[1] then return 0 end
-- Claims beyond those of its own shares are notes: claims of other partitions, of users whose home this is.
local own = tonumber(ARGV[3]) - redis.call('LLEN', KEYS[2])
redis.call('HSET', KEYS[1], 'notes', redis.call('HLEN', KEYS[3]) - own)
redis.call('SET', KEYS[4], ARGV[2])
return 1
