-- Contacts and direct calls between accounts. docs/CALLS.md says what they mean.

-- The link by which others ask an account. What it carries beside this number only the server can compute.
create table contact_links (
    account_id text not null primary key references accounts (id) on delete cascade,
    link_id text not null unique
);

-- Two lines for each two who are contacts, one from each side.
create table contacts (
    account_id text not null references accounts (id) on delete cascade,
    contact_id text not null references accounts (id) on delete cascade,
    since bigint not null,
    primary key (account_id, contact_id),
    check (account_id <> contact_id)
);

create index contacts_by_contact on contacts (contact_id);

create table contact_requests (
    from_id text not null references accounts (id) on delete cascade,
    to_id text not null references accounts (id) on delete cascade,
    at bigint not null,
    primary key (from_id, to_id),
    check (from_id <> to_id)
);

create index contact_requests_by_asked on contact_requests (to_id, at);

create table contact_blocks (
    account_id text not null references accounts (id) on delete cascade,
    blocked_id text not null references accounts (id) on delete cascade,
    at bigint not null,
    primary key (account_id, blocked_id),
    check (account_id <> blocked_id)
);

create index contact_blocks_by_blocked on contact_blocks (blocked_id);

create table rings (
    id text not null primary key,
    caller_id text not null references accounts (id) on delete cascade,
    callee_id text not null references accounts (id) on delete cascade,
    made_at bigint not null,
    stage text not null,
    -- When something is due: the end of the ringing, or of an empty room.
    due_at bigint,
    -- Where the two meet, once it was answered.
    room_code text,
    -- Both have been inside at once.
    met boolean not null default false,
    ended_at bigint,
    check (caller_id <> callee_id),
    check (stage in ('ringing', 'connected', 'over', 'declined', 'cancelled', 'missed', 'busy')),
    check ((ended_at is null) = (stage in ('ringing', 'connected')))
);

-- Nobody has two calls under way in the same part; that nobody has one in each is the transaction's.
create unique index rings_of_callers on rings (caller_id) where ended_at is null;
create unique index rings_of_callees on rings (callee_id) where ended_at is null;
create index rings_by_callee on rings (callee_id, made_at);
create index rings_by_due on rings (due_at) where ended_at is null;
create index rings_by_end on rings (ended_at);

-- Whether somebody is in a call is asked of each contact.
create index participants_by_user on participants (user_id, standing);
