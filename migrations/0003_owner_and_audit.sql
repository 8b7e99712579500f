-- Who may write a room, the deadlines of its seats, who was inside and for how long, and a history that
-- shows when somebody changed it. What the two databases write differently (triggers) stands in the
-- files of the same number in sqlite/ and postgres/.

-- One row for each room that a server ever brought to life. Every write of a room begins with an update
-- of this row that names the epoch: when it touches nothing, somebody else owns the room.
create table room_owners (
    room_id text not null primary key references rooms (id) on delete cascade,
    -- The server, by the identity in its data folder.
    node_id text not null,
    -- That server's process: another one after each start.
    incarnation text not null,
    -- Grows with each new owner.
    epoch bigint not null,
    -- The last sign of life of the owner, and of the one before.
    alive_at bigint not null,
    previous_alive_at bigint,
    -- Until then no other server may take the room.
    lease_until bigint not null
);

-- The state of the seat's socket, for those who have one.
alter table participants add column link text check (link in ('expected', 'connected', 'dropped'));
-- Since when the socket is gone.
alter table participants add column link_since bigint;
-- When the seat is lost unless something happens.
alter table participants add column deadline bigint;

-- Who was inside, from when to when. A segment is open while its participant is inside, and closed once.
create table attendance (
    participant_id text not null references participants (id) on delete cascade,
    -- Counts the segments of one participant.
    number bigint not null,
    room_id text not null references rooms (id) on delete cascade,
    user_id text not null,
    -- As they were called and what they were when they came in.
    name text not null,
    role text not null,
    entered_at bigint not null,
    left_at bigint,
    reason text check (reason in ('left', 'lost', 'removed', 'time_up', 'ended')),
    primary key (participant_id, number),
    check ((left_at is null) = (reason is null))
);

create unique index attendance_open on attendance (participant_id) where left_at is null;
create index attendance_by_room on attendance (room_id, entered_at);

insert into attendance (participant_id, number, room_id, user_id, name, role, entered_at)
    select id, 1, room_id, user_id, name, role, since from participants where standing = 'present';

-- The names of those concerned at that time, the epoch of the owner who wrote the line, and the chain that
-- crates/store/src/audit.rs describes. Lines from before the chain have no hash. Names may be
-- erased; their seals stay.
alter table room_events add column epoch bigint not null default 0;
alter table room_events add column name text;
alter table room_events add column name_seal text;
alter table room_events add column by_name text;
alter table room_events add column by_name_seal text;
alter table room_events add column previous text not null default '';
alter table room_events add column hash text not null default '';

-- The end of each room's chain, sealed, so that lines that were cut off are missed.
create table room_chains (
    room_id text not null primary key references rooms (id) on delete cascade,
    -- The position of the first line that the chain holds.
    first_position bigint not null,
    -- The position and the hash of the last one.
    position bigint not null,
    hash text not null,
    -- Empty for a room from before the chain that nobody has written since.
    seal text not null
);

insert into room_chains (room_id, first_position, position, hash, seal)
    select rooms.id, coalesce(max(room_events.position), 0) + 1, coalesce(max(room_events.position), 0), '', ''
    from rooms left join room_events on room_events.room_id = rooms.id group by rooms.id;
