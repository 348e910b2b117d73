-- Say which intake entries may be woken now, and put their next wake off.
--
-- KEYS
--   1  hash: entry id → "<times woken> <due, ms>"
-- ARGV
--   1     now, ms
--   2...  entry ids
-- Returns the ids that are due.
--
-- The waits are those of core/backoff.py, doubling_ms: 5 s, doubling to 60 s.

local now_ms = tonumber(ARGV[1])
local due = {}

for i = 2, #ARGV do
  local times, due_ms = string.match(redis.call('HGET', KEYS[1], ARGV[i]) or '0 0', '(%d+) (%d+)')
  if tonumber(due_ms) <= now_ms then
    local wait_ms = math.min(60000, 5000 * 2 ^ math.min(tonumber(times), 16))
    redis.call('HSET', KEYS[1], ARGV[i], string.format('%d %.0f', times + 1, now_ms + wait_ms))
    due[#due + 1] = ARGV[i]
  end
end

return due
