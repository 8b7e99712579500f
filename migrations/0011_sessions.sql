-- Paid sessions: what was offered and agreed to, every event, and what the processor and the mailer still have
-- to do. What the two databases write differently (triggers) stands in the files of the same number in
-- sqlite/ and postgres/; docs/MONEY.md says what it means.

-- The words that payers were shown, by the digest under which they agreed to them.
create table terms (
    digest text not null primary key,
    words text not null
);

-- One row for each session. What stands from `status` on follows from the events, and is there to be found by.
create table sessions (
    id text not null primary key,
    room_id text not null references rooms (id),
    host_id text not null,
    payer_id text not null,
    offer text not null,
    terms text not null references terms (digest),
    planned bigint,
    made_at bigint not null,
    status text not null,
    -- When something happens by itself.
    deadline bigint,
    -- How many events there are.
    revision bigint not null,
    closed_at bigint
);

-- Somebody who pays twice for the same has one session and gets one payment back.
create unique index sessions_open on sessions (room_id, payer_id) where closed_at is null;
create index sessions_due on sessions (deadline) where deadline is not null;
create index sessions_by_host on sessions (host_id, made_at);
create index sessions_by_payer on sessions (payer_id, made_at);

create table session_events (
    session_id text not null references sessions (id),
    number bigint not null,
    -- The epoch of the owner who wrote it.
    epoch bigint not null,
    at bigint not null,
    event text not null,
    primary key (session_id, number)
);

-- What is done outside once the events are saved, as often as it takes. The id makes every repeat the same.
create table session_orders (
    id text not null primary key,
    session_id text not null references sessions (id),
    at bigint not null,
    instruction text not null,
    -- When it is tried next.
    due_at bigint not null,
    attempts bigint not null default 0,
    error text,
    done_at bigint,
    -- Since when nobody tries any more; the operator looks at it.
    dead_at bigint,
    check (done_at is null or dead_at is null)
);

create index session_orders_due on session_orders (due_at) where done_at is null and dead_at is null;
create index session_orders_by_session on session_orders (session_id);
