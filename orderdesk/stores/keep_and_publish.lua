-- Keep a command and publish its message, in one step.
--
-- KEYS
--   1  the intake's stream
--   2  the queue's list
-- ARGV
--   1     the task's name
--   2     its id
--   3     its fields as JSON
--   4...  the message, in pieces: the entry's id stands between each and the next
-- Returns the entry's id; and behind it, if the command is kept and the message was refused, why.

local id = redis.call('XADD', KEYS[1], '*', 'task', ARGV[1], 'task_id', ARGV[2], 'fields', ARGV[3])
local message = table.concat(ARGV, id, 4)
local pushed = redis.pcall('LPUSH', KEYS[2], message)
if type(pushed) == 'table' and pushed.err then
  return {id, pushed.err}
end
return {id}
