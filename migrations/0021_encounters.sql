-- Strangers who were brought together. docs/CALLS.md says what it means. They need no accounts, so that the
-- people here are those of browsers, which nothing else may know.

create table encounters (
    id text not null primary key,
    first_id text not null,
    first_device text not null,
    second_id text not null,
    second_device text not null,
    room_code text not null,
    made_at bigint not null,
    -- Until when both have to have come, as long as they have not.
    due_at bigint,
    first_came boolean not null default false,
    second_came boolean not null default false,
    ended_at bigint,
    -- How often it was written, so that of two writers one begins anew.
    revision bigint not null default 0,
    check (first_id <> second_id),
    check (ended_at is null or due_at is null)
);

-- Nobody is in two at once in the same part; that nobody is in one in each is the pool's.
create unique index encounters_of_firsts on encounters (first_id) where ended_at is null;
create unique index encounters_of_seconds on encounters (second_id) where ended_at is null;
create index encounters_by_first on encounters (first_id, made_at);
create index encounters_by_second on encounters (second_id, made_at);
create index encounters_by_due on encounters (due_at) where ended_at is null;
create index encounters_by_end on encounters (ended_at);

-- Who wishes never to meet whom again.
create table stranger_blocks (
    user_id text not null,
    blocked_id text not null,
    at bigint not null,
    primary key (user_id, blocked_id),
    check (user_id <> blocked_id)
);

create index stranger_blocks_by_blocked on stranger_blocks (blocked_id);
create index stranger_blocks_by_time on stranger_blocks (at);

create table stranger_reports (
    encounter_id text not null references encounters (id) on delete cascade,
    reporter_id text not null,
    reported_id text not null,
    reported_device text not null,
    at bigint not null,
    reason text not null,
    -- What the reporter wrote, if anything.
    complaint text,
    -- When an operator decided on it.
    decided_at bigint,
    primary key (encounter_id, reporter_id),
    check (reason in ('sexual', 'abuse', 'minor', 'spam', 'other'))
);

create index stranger_reports_by_reported on stranger_reports (reported_id, at);
create index stranger_reports_by_time on stranger_reports (at);

-- Who is kept out, by the person and by the browser.
create table stranger_bars (
    user_id text not null primary key,
    device_id text not null,
    at bigint not null,
    until bigint not null
);

create index stranger_bars_by_device on stranger_bars (device_id);
create index stranger_bars_by_end on stranger_bars (until);
