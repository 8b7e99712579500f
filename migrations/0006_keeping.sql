-- How long rooms that are over are remembered.

-- When everything about people was erased of a room that had ended. Its address and the sealed end of its
-- history stay.
alter table rooms add column erased_at bigint;

create index rooms_by_end on rooms (ended_at);
