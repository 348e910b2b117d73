-- Let the oldest events go, but none that a consumer group has not read and acknowledged.
--
-- KEYS
--   1  the stream
-- ARGV
--   1  how many entries stay in any case
--   2  how many may go at a time
-- Returns how many entries went.

local function parts(id)
  local ms, counter = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(counter)
end

-- An id is two numbers; as text "9-0" would come after "10-0".
local function before(left, right)
  local left_ms, left_counter = parts(left)
  local right_ms, right_counter = parts(right)
  return left_ms < right_ms or (left_ms == right_ms and left_counter < right_counter)
end

local surplus = redis.call('XLEN', KEYS[1]) - tonumber(ARGV[1])
if surplus <= 0 then
  return 0
end
local count = math.min(surplus, tonumber(ARGV[2]))
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', count + 1)
local bound = oldest[#oldest][1]

for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for at = 1, #info, 2 do
    group[info[at]] = info[at + 1]
  end
  -- What was delivered last is not needed by itself, but it is the first that may not be passed.
  local needed = group['last-delivered-id']
  local pending = redis.call('XPENDING', KEYS[1], group['name'])
  if pending[1] > 0 then
    needed = pending[2]
  end
  if before(needed, bound) then
    bound = needed
  end
end
return redis.call('XTRIM', KEYS[1], 'MINID', '=', bound)
