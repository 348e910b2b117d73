-- How much each pool gave since a time, what is booked ahead included.
--
-- A pool is a list of the units it gave, one time each (µs, Redis' clock), newest first
-- (throttle.lua); so the first one that is too old is found by halving.
--
-- KEYS     one list a pool
-- ARGV     for each of them: its span, µs
-- Returns  a whole number for each

local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]

local function younger(key, edge_us)
  local low, high = 0, redis.call('LLEN', key)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if tonumber(redis.call('LINDEX', key, middle)) > edge_us then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

local used = {}
for i, key in ipairs(KEYS) do
  used[i] = younger(key, now_us - tonumber(ARGV[i]))
end
return used
