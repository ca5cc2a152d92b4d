#!lua name=turnout
-- The writes of the journal; each is atomic. Valkey runs a function alone and logs its effects as one transaction, so
-- the append-only file holds an append completely or not at all (Valkey documentation: "Valkey Functions", "Persistence").
--
-- During an upgrade, services of two versions call the functions that the last of them has installed. So new arguments
-- come last and may be missing, and additional ones are ignored.

local function full(number) return string.format('%.0f', number) end

-- The format that a record says it needs (journal/record.py). Records of format 1 have no number.
local function format_of(record) return tonumber(string.match(record, '^%x+ {"format":(%d+),') or '1') end

-- The format of the journal: the highest of all that was ever in it.
local function journal_format(head) return tonumber(redis.call('HGET', head, 'format') or '1') end

-- Raises the format of the journal to ``format``.
local function raise_format(head, format)
  if format > journal_format(head) then
    redis.call('HSET', head, 'format', full(format))
  end
end

-- The refusal of a caller that reads no higher format than ``reads``, if the journal has one; otherwise nil.
local function refusal(head, reads)
  local format = journal_format(head)
  if reads and format > tonumber(reads) then
    return redis.error_reply('NEWER ' .. full(format))
  end
end

-- The refusal of a caller whose fence is not the newest one; otherwise nil.
local function fenced(key, fence)
  local newest = redis.call('GET', key)
  if newest ~= fence then
    return redis.error_reply('FENCED ' .. tostring(newest))
  end
end

-- Makes an empty journal if there is none. Returns the head.
-- KEYS head stream   ARGS epoch hash
local function create(keys, args)
  if redis.call('EXISTS', keys[1], keys[2]) == 0 then
    redis.call('HSET', keys[1], 'epoch', args[1], 'seq', '0', 'hash', args[2])
  end
  return redis.call('HMGET', keys[1], 'epoch', 'seq', 'hash', 'format')
end

-- Sends a message to all followers, also to those of an earlier version, which subscribe to a channel of all nodes.
local function publish(channel, message)
  redis.call('SPUBLISH', channel, message)
  if redis.call('PUBSUB', 'NUMSUB', channel)[2] > 0 then
    redis.call('PUBLISH', channel, message)
  end
end

-- Writes without a change. Replicas confirm only what its connection has written (journal/replication.py), so a caller
-- that waits for them needs a write, also if there is nothing to do.
local function touch(fence) redis.call('SET', fence, redis.call('GET', fence)) end

-- Appends records if the caller has the newest fence and its records continue the head.
-- Without a channel nothing is published, and readers do not see the records before ``confirm``: until then they may be
-- lost with this server.
-- KEYS head stream fence   ARGS fence epoch seq hash (all of the head to continue) hash-after channel record...
-- Returns OK, or ALREADY if this append is the newest one.
local function append(keys, args)
  local refused = fenced(keys[3], args[1])
  if refused then return refused end
  local head = redis.call('HMGET', keys[1], 'epoch', 'seq', 'hash', 'confirmed')
  if head[1] ~= args[2] or head[2] ~= args[3] or head[3] ~= args[4] then
    if head[1] == args[2] and head[3] == args[5] then
      touch(keys[3])
      return redis.status_reply('ALREADY')
    end
    return redis.error_reply('CONFLICT ' .. tostring(head[1]) .. ' ' .. tostring(head[2]) .. ' ' .. tostring(head[3]))
  end
  local seq = tonumber(args[3])
  local records = {}
  local format = 1
  for at = 7, #args do
    seq = seq + 1
    redis.call('XADD', keys[2], full(seq) .. '-0', 'r', args[at])
    records[#records + 1] = args[at]
    format = math.max(format, format_of(args[at]))
  end
  redis.call('HSET', keys[1], 'seq', full(seq), 'hash', args[5])
  raise_format(keys[1], format)
  if args[6] ~= '' then
    publish(args[6], table.concat(records, '\n'))
  elseif not head[4] then
    redis.call('HSET', keys[1], 'confirmed', args[3], 'confirmed_hash', args[4])
  end
  return redis.status_reply('OK')
end

-- Shows readers the records up to one that the caller knows to be confirmed by replicas, and publishes them.
-- A new primary may lack records, until the writer appends them again.
-- KEYS head stream fence   ARGS fence channel seq hash
local function confirm(keys, args)
  local refused = fenced(keys[3], args[1])
  if refused then return refused end
  local head = redis.call('HMGET', keys[1], 'seq', 'confirmed')
  local before, seq = tonumber(head[2] or args[3]), tonumber(args[3])
  if seq > tonumber(head[1] or '0') then
    return redis.error_reply('LACKS the records up to ' .. args[3])
  end
  if seq <= before then
    return 0
  end
  redis.call('HSET', keys[1], 'confirmed', args[3], 'confirmed_hash', args[4])
  local records = {}
  for _, entry in ipairs(redis.call('XRANGE', keys[2], full(before + 1) .. '-0', full(seq) .. '-0')) do
    records[#records + 1] = entry[2][2]
  end
  publish(args[2], table.concat(records, '\n'))
  return #records
end

-- Begins a term. Readers see all that is in the journal: the caller has waited for its replicas, or needs none.
-- KEYS head fence   ARGS fence
local function begin(keys, args)
  local refused = fenced(keys[2], args[1])
  if refused then return refused end
  redis.call('HDEL', keys[1], 'confirmed', 'confirmed_hash')
  return redis.status_reply('OK')
end

-- Publishes the head that readers see to all followers, if the caller has the newest fence. Returns the end of the journal.
-- KEYS head fence   ARGS fence channel
local function beat(keys, args)
  local refused = fenced(keys[2], args[1])
  if refused then return refused end
  local head = redis.call('HMGET', keys[1], 'epoch', 'seq', 'hash', 'format', 'confirmed', 'confirmed_hash')
  if not head[1] then
    return redis.error_reply('CONFLICT false false false')
  end
  publish(args[2], 'beat ' .. head[1] .. ' ' .. (head[5] or head[2]) .. ' ' .. (head[6] or head[3]))
  touch(keys[2])
  return {head[1], head[2], head[3], head[4]}
end

-- The owner and the term in ms of the lease ``<owner> <term>``; nil for no lease.
local function lease_of(key)
  local value = redis.call('GET', key)
  if not value then return nil end
  local owner, term = string.match(value, '^(.*) (%d+)$')
  return owner or value, tonumber(term)
end

-- Acquires the lease if it is free, or renews it. A new owner gets a higher fence than all before. The last owner gets
-- the same fence again: no other writer was active meanwhile, so a stall of this server loses no work.
-- A service that cannot read the journal gets no lease.
-- KEYS lease fence holder head   ARGS owner ttl-ms format-read
-- Returns {fence, owner, ms-left, time-ms, former}. fence 0: another owner. former 1: the last owner did not release.
-- A caller of an earlier version gives no format, and expects the first three.
local function lease(keys, args)
  local refused = keys[4] and refusal(keys[4], args[3])
  if refused then return refused end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local owner, term = lease_of(keys[1])
  if owner and owner ~= args[1] then
    local left = redis.call('PTTL', keys[1])
    if term and left > term then -- the clock was set back: an expiry is a time of day, and no lease lasts longer
      redis.call('PEXPIRE', keys[1], term)
      left = term
    end
    return args[3] and {0, owner, left, now, 0} or {0, owner, left}
  end
  redis.call('SET', keys[1], args[1] .. ' ' .. args[2], 'PX', args[2])
  local fence, holder = tonumber(redis.call('GET', keys[2])), redis.call('GET', keys[3])
  if fence and holder == args[1] then
    return args[3] and {fence, args[1], tonumber(args[2]), now, 0} or {fence, args[1], tonumber(args[2])}
  end
  fence = redis.call('INCR', keys[2])
  redis.call('SET', keys[3], args[1])
  local former = holder and 1 or 0
  return args[3] and {fence, args[1], tonumber(args[2]), now, former} or {fence, args[1], tonumber(args[2])}
end

-- Ends the lease if the owner has it.
-- KEYS lease holder (not of earlier versions)   ARGS owner
local function release(keys, args)
  if lease_of(keys[1]) == args[1] then
    return redis.call('DEL', unpack(keys))
  end
  return 0
end

-- True if the journal is still of this epoch. A restore may have replaced it since the caller read it, and the new
-- history must not be changed.
local function is_of_epoch(head, epoch)
  local now = redis.call('HGET', head, 'epoch')
  return not now or now == epoch
end

-- Appends a chunk to an unfinished snapshot, which expires a time after its last chunk. Both or neither: otherwise a kill
-- between the two would leave a list that never expires.
-- KEYS unfinished   ARGS seconds chunk
local function add_chunk(keys, args)
  redis.call('RPUSH', keys[1], args[2])
  return redis.call('EXPIRE', keys[1], args[1])
end

-- Lists a complete snapshot, if the stream still continues it: the journal may have been trimmed meanwhile.
-- KEYS head stream snapshots unfinished snapshot   ARGS epoch seq position format-read format-of-the-snapshot
-- Returns 1, or 0 if it is obsolete.
local function list(keys, args)
  local refused = refusal(keys[1], args[4])
  if refused then return refused end
  local head = redis.call('HMGET', keys[1], 'epoch', 'seq')
  local next = full(tonumber(args[2]) + 1) .. '-0'
  if head[1] ~= args[1] or (head[2] ~= args[2] and #redis.call('XRANGE', keys[2], next, next) == 0) then
    redis.call('UNLINK', keys[4])
    return 0
  end
  redis.call('RENAME', keys[4], keys[5])
  redis.call('PERSIST', keys[5])
  redis.call('ZADD', keys[3], args[2], args[3])
  raise_format(keys[1], tonumber(args[5] or '1'))
  return 1
end

-- Deletes the records before a number. Valkey stores up to ``residue`` records in one node, and only marks those that it
-- trims until the node is empty (Valkey documentation, "stream-node-max-entries"). So a short stream is written anew: else
-- deleted text would stay in memory, and in the files, until further records come.
-- KEYS head stream   ARGS epoch first-seq-to-keep format-read residue
local function trim(keys, args)
  local refused = refusal(keys[1], args[3])
  if refused then return refused end
  if not is_of_epoch(keys[1], args[1]) then
    return 0
  end
  local trimmed = redis.call('XTRIM', keys[2], 'MINID', args[2] .. '-0')
  local left = redis.call('XLEN', keys[2])
  if trimmed > 0 and left > 0 and left <= tonumber(args[4] or 0) then
    local entries = redis.call('XRANGE', keys[2], '-', '+')
    redis.call('UNLINK', keys[2])
    for _, entry in ipairs(entries) do
      redis.call('XADD', keys[2], entry[1], unpack(entry[2]))
    end
  end
  return trimmed
end

-- Deletes a snapshot.
-- KEYS head snapshots snapshot   ARGS epoch position format-read
local function drop(keys, args)
  local refused = refusal(keys[1], args[3])
  if refused then return refused end
  if is_of_epoch(keys[1], args[1]) then
    redis.call('UNLINK', keys[3])
    return redis.call('ZREM', keys[2], args[2])
  end
  return 0
end

-- A full server refuses functions without ``allow-oom`` (Valkey documentation, "Script flags"). A deletion is an append,
-- and its text leaves the memory when two snapshots hold it, so these must work then, too. The writer itself refuses
-- commands that add, before the server is full (docs/decisions/0015-room-to-delete.md).
local function register(name, callback, flags)
  redis.register_function{function_name = name, callback = callback, flags = flags}
end

register('turnout_create', create, {})
register('turnout_append', append, {'allow-oom'})
register('turnout_confirm', confirm, {'allow-oom'})
register('turnout_begin', begin, {'allow-oom'})
register('turnout_add_chunk', add_chunk, {'allow-oom'})
register('turnout_list', list, {'allow-oom'})
register('turnout_beat', beat, {'allow-oom'})
register('turnout_lease', lease, {'allow-oom'})
register('turnout_release', release, {'allow-oom'})
register('turnout_trim', trim, {'allow-oom'})
register('turnout_drop', drop, {'allow-oom'})
