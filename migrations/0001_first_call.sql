-- The first call: rooms, who has a seat in them, what was said, what happened, and logins.
-- The same file runs on SQLite and on PostgreSQL: ids are 32 hexadecimal digits in text columns,
-- times are milliseconds since the Unix epoch.

create table rooms (
    id text not null primary key,
    code text not null unique,
    name text not null,
    owner_id text not null,
    waiting_room boolean not null,
    created_at bigint not null,
    -- Set while somebody is inside.
    open_since bigint,
    -- Set once; an ended room stays ended.
    ended_at bigint
);

create index rooms_by_owner on rooms (owner_id, created_at);

-- One row for each seat that was ever taken. Who is gone keeps the row, so that the same tab coming
-- back is the same participant and old chat messages keep their sender.
create table participants (
    id text not null primary key,
    room_id text not null references rooms (id) on delete cascade,
    user_id text not null,
    -- SHA-256 of the participant key, in hexadecimal digits.
    key_hash text not null,
    name text not null,
    role text not null check (role in ('host', 'guest')),
    standing text not null check (standing in ('waiting', 'admitted', 'present', 'gone')),
    -- Since when the standing is what it is.
    since bigint not null,
    unique (room_id, user_id, key_hash)
);

create index participants_by_standing on participants (standing, room_id);

-- Users who were removed from a room and must wait until a host lets them in again.
create table barred (
    room_id text not null references rooms (id) on delete cascade,
    user_id text not null,
    at bigint not null,
    primary key (room_id, user_id)
);

create table chat_messages (
    room_id text not null references rooms (id) on delete cascade,
    id text not null,
    -- Counts up within the room.
    position bigint not null,
    participant_id text not null,
    -- The sender's name at that time.
    name text not null,
    body text not null,
    at bigint not null,
    primary key (room_id, id)
);

create unique index chat_messages_in_order on chat_messages (room_id, position);

-- What happened in a room, for ever: rows are added and never changed.
create table room_events (
    room_id text not null references rooms (id) on delete cascade,
    -- Counts up within the room.
    position bigint not null,
    at bigint not null,
    kind text not null,
    participant_id text,
    -- Who did it, if somebody did.
    by_id text,
    primary key (room_id, position)
);

create table logins (
    id text not null primary key,
    user_id text,
    body text not null,
    expires_at bigint not null
);

create index logins_by_expiry on logins (expires_at);
create index logins_by_user on logins (user_id);
