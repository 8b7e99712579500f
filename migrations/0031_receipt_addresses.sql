-- Where payers without an account want to read of their money.

create table receipt_addresses (
    session_id text not null primary key references sessions (id),
    email text not null,
    -- The language of the page on which it was typed.
    lang text not null,
    -- How often one was left for this session: mails go there unasked.
    times bigint not null
);
