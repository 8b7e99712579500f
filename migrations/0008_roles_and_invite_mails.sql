-- What a co-host or a viewer was before a host made them so, and is again when that is taken back.

alter table members add column former text check (former in ('participant', 'guest', 'viewer'));

-- Invites that went to somebody by mail, for as long as there may be something to tell them: the row goes
-- when the invite is taken back or the room ends. The only addresses of people without an account.
create table invite_mails (
    room_id text not null,
    invite_id text not null,
    email text not null,
    -- The language of the mails: that of whoever invited.
    lang text not null,
    -- The user who invited.
    by_id text not null,
    state text not null check (state in ('due', 'waiting', 'sent', 'refused', 'failed')),
    -- The change of the plan that stands in their calendar; null if none does.
    told_plan bigint,
    -- Grows with each mail, so that of two servers one sends it.
    version bigint not null default 0,
    at bigint not null,
    primary key (room_id, invite_id),
    foreign key (room_id, invite_id) references invites (room_id, id) on delete cascade
);
