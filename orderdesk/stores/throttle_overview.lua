-- How the throttle is used at one moment: what each pool gave, and what throttle.lua counts.
--
-- A pool is a list of the units it gave, one time each (µs, Redis' clock), newest first
-- (throttle.lua); so the first one that is too old is found by halving.
--
-- KEYS[1]  the throttle's hash (throttle.lua)
-- KEYS     after it: one list a pool
-- ARGV     for each of them: its span, µs
-- Returns  now (µs), the fields of the hash (name, value, …), the units of each pool in the span
--          that ends now, and the units of each that lie ahead

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

local used, booked = {}, {}
for i = 2, #KEYS do
  local ahead = younger(KEYS[i], now_us)
  used[i - 1] = younger(KEYS[i], now_us - tonumber(ARGV[i - 1])) - ahead
  booked[i - 1] = ahead
end
return { now_us, redis.call('HGETALL', KEYS[1]), used, booked }
