-- Append an event to the stream and publish what is said of it, unless it is there already.
--
-- KEYS
--   1  the stream
--   2  the numbers of the events that are in it, as scores and as names
--   3  the cursor: every event up to this number is in the stream
-- ARGV
--   1  the event's number in the ledger; 0 has none, and is always told
--   2  how many entries the stream may have at most, about
--   3  the channel
--   4  how many messages follow
--   …  the messages, then the entry's fields and values in turn
-- Returns 1 if it was told, 0 if it was there.

local number = tonumber(ARGV[1])
if number > 0 then
  if number <= tonumber(redis.call('GET', KEYS[3]) or '0') then
    return 0
  end
  if redis.call('ZADD', KEYS[2], 'NX', number, ARGV[1]) == 0 then
    return 0
  end
end

local last_message = 4 + tonumber(ARGV[4])
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', unpack(ARGV, last_message + 1))
for at = 5, last_message do
  redis.call('PUBLISH', ARGV[3], ARGV[at])
end
return 1
