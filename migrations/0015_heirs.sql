-- Who the host or the payer of a paid session became: the account that they signed in to, or nobody at all once
-- that is deleted. Sessions and books keep the names under which they were made.
create table heirs (
    user_id text not null primary key,
    heir_id text not null
);

create index heirs_by_heir on heirs (heir_id);
