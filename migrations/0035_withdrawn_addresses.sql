-- An address can be withdrawn, gets few mails, and no receipt twice. Its table is made anew: an address that is
-- withdrawn is gone, while it stays known how many were left.

create table left_addresses (
    session_id text not null primary key references sessions (id),
    -- Absent once it was withdrawn.
    email text,
    -- The language of the page on which it was typed.
    lang text not null,
    -- How often one was left for this session: mails go there unasked.
    times bigint not null,
    -- How many mails went there about what happened besides the receipt.
    notices bigint not null default 0,
    -- Up to when what the session came to was told there, and by which order; by none, if a page did.
    told_at bigint,
    told_by text
);

insert into left_addresses (session_id, email, lang, times)
    select session_id, email, lang, times from receipt_addresses;

drop table receipt_addresses;

alter table left_addresses rename to receipt_addresses;
