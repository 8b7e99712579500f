-- Double entry: accounts, transactions and their entries. The schema itself refuses what must not be: an
-- account that is overdrawn, a transaction that does not balance, an entry that is changed, added later or
-- written twice. What the two databases write differently (triggers) stands in the files of the same
-- number in sqlite/ and postgres/; docs/MONEY.md says what each account holds.

create table ledger_accounts (
    -- As domain::ledger::Account names it.
    name text not null,
    -- A currency, of which the account holds minor units, or 'ms' for milliseconds of prepaid time.
    unit text not null,
    -- On which side its balance must stay.
    side text not null check (side in ('debit', 'credit', 'either')),
    -- The sum of its entries, which the database adds up itself; a debit is positive.
    balance bigint not null,
    primary key (name, unit),
    constraint nothing_guarded_is_overdrawn check (
        side = 'either' or (side = 'debit' and balance >= 0) or (side = 'credit' and balance <= 0)
    ),
    constraint balances_stay_far_from_overflow check (
        balance between -4000000000000000000 and 4000000000000000000
    ),
    constraint time_is_no_money check (
        (unit = 'ms')
        = (name in ('issued', 'used') or name like 'minutes:%' or name like 'held:%')
    )
);

-- Its seal is written last, and only when the entries balance. A transaction without one cannot be committed.
create table ledger_seals (
    transaction_id text not null primary key
);

create table ledger_transactions (
    id text not null primary key references ledger_seals (transaction_id) deferrable initially deferred,
    at bigint not null,
    cause text not null,
    -- The session that it is about, for those that are about one.
    session_id text
);

create index ledger_transactions_by_session on ledger_transactions (session_id);

create table ledger_entries (
    transaction_id text not null references ledger_transactions (id),
    -- Counts the entries of one transaction.
    number bigint not null,
    account text not null,
    unit text not null,
    -- A debit is positive, a credit negative.
    amount bigint not null check (amount <> 0),
    primary key (transaction_id, number),
    unique (transaction_id, account, unit),
    foreign key (account, unit) references ledger_accounts (name, unit)
);

create index ledger_entries_by_account on ledger_entries (account, unit);
