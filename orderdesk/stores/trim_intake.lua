-- Drop old entries of the intake, and the wake times of all that need none any more.
--
-- KEYS
--   1  the stream
--   2  its wake times, as wake_due.lua describes them
--   3  its cursor
-- ARGV
--   1  the id before which entries are dropped
-- Returns how many entries were dropped.

local function parts(id)
  local ms, counter = string.match(id, '^(%d+)-?(%d*)$')
  return tonumber(ms), tonumber(counter) or 0
end

-- An id is two numbers; as text "9-0" would come after "10-0".
local function before(left, right)
  local left_ms, left_counter = parts(left)
  local right_ms, right_counter = parts(right)
  return left_ms < right_ms or (left_ms == right_ms and left_counter < right_counter)
end

-- What the cursor has passed has its row in the ledger and is never woken from here again.
local cursor = redis.call('GET', KEYS[3]) or '0-0'
for _, id in ipairs(redis.call('HKEYS', KEYS[2])) do
  if before(id, ARGV[1]) or not before(cursor, id) then
    redis.call('HDEL', KEYS[2], id)
  end
end

return redis.call('XTRIM', KEYS[1], 'MINID', '=', ARGV[1])
