-- Rules, plans, roles, invites and bans of rooms.

-- The rules as JSON, in the shape of model::Policy; a rule that is missing has its plain value.
alter table rooms add column policy text not null default '{}';
-- The plan as JSON, in the shape of model::Schedule; null for a room without one.
alter table rooms add column schedule text;
-- Grows with each change of the plan, so that calendars know the newer of two invitations.
alter table rooms add column plan_sequence bigint not null default 0;
-- Since when nobody has been inside.
alter table rooms add column idle_since bigint not null default 0;
-- When something is due for the room itself though nobody is here: its expiry.
alter table rooms add column due_at bigint;

update rooms set policy = '{"door":"open"}' where not waiting_room;
update rooms set idle_since = created_at;
alter table rooms drop column waiting_room;

create index rooms_by_due on rooms (due_at);

-- What somebody is to a room follows from the room's owner and its members.
alter table participants drop column role;
-- The browser that a seat was taken from.
alter table participants add column device_id text not null default '';
update participants set device_id = user_id;

-- Users whose role a host or an invite decided; everybody else is a guest.
create table members (
    room_id text not null references rooms (id) on delete cascade,
    user_id text not null,
    role text not null check (role in ('co_host', 'participant', 'guest', 'viewer')),
    at bigint not null,
    primary key (room_id, user_id)
);

-- Users who were muted for good and do not speak until a host lets them.
create table held (
    room_id text not null references rooms (id) on delete cascade,
    user_id text not null,
    at bigint not null,
    primary key (room_id, user_id)
);

-- Users who may not come back, and the device that they had.
create table banned (
    room_id text not null references rooms (id) on delete cascade,
    user_id text not null,
    device_id text not null,
    at bigint not null,
    primary key (room_id, user_id)
);

-- Links that make whoever opens them somebody known to the room. The secret in the link is not stored:
-- the server computes it.
create table invites (
    room_id text not null references rooms (id) on delete cascade,
    id text not null,
    label text,
    role text not null check (role in ('co_host', 'participant', 'viewer')),
    personal boolean not null,
    max_uses bigint,
    expires_at bigint,
    made_at bigint not null,
    used bigint not null default 0,
    -- Who used a personal one.
    holder_id text,
    revoked boolean not null default false,
    primary key (room_id, id)
);
