-- Accounts of hosts' own at Stripe, which take what is paid for their rooms and packs.

create table merchants (
    id text not null primary key,
    -- Whose it is.
    user_id text not null,
    -- What Stripe calls it, once Stripe has answered. It never becomes another.
    account_id text unique,
    state text not null,
    -- Stripe's word for why it takes no payments.
    reason text,
    made_at bigint not null,
    -- When Stripe was last asked about it.
    asked_at bigint not null,
    -- Since when nothing new is paid to it.
    closed_at bigint,
    check (state in ('begun', 'unfinished', 'ready', 'restricted')),
    check (state = 'begun' or account_id is not null)
);

-- One at a time: what was paid to those before stays theirs.
create unique index merchants_open on merchants (user_id) where closed_at is null;

-- Who takes the payment; without one the operator does.
alter table stripe_checkouts add column merchant_id text references merchants (id);
alter table purchases add column merchant_id text references merchants (id);

-- The same columns as before (migrations 0013 and 0020), over the accounts of both who may take a payment.

drop view session_money;

create view session_money as
select
    ledger_transactions.session_id,
    ledger_entries.unit,
    case
        when (account = 'processor_clearing' or account like 'host_clearing:%')
            and cause in ('captured', 'capture_failed') then amount
        else 0
    end as paid,
    case
        when (account = 'processor_clearing' or account like 'host_clearing:%') and cause = 'refunded' then -amount
        else 0
    end as back,
    case when account like 'host_payable:%' or account like 'host_earned:%' then -amount else 0 end as host,
    case when account = 'platform_fee' then -amount else 0 end as fee,
    case when account like 'deferred:%' then -amount else 0 end as held,
    case when account = 'dispute_reserve' or account like 'host_reserve:%' then amount else 0 end as disputed,
    case when account = 'loss' or account like 'host_loss:%' then amount else 0 end as lost
from ledger_transactions
join ledger_entries on ledger_entries.transaction_id = ledger_transactions.id
where ledger_transactions.session_id is not null and ledger_entries.unit <> 'ms';

drop view purchase_money;

create view purchase_money as
select
    ledger_transactions.purchase_id,
    ledger_entries.unit,
    case
        when (account = 'processor_clearing' or account like 'host_clearing:%') and cause = 'minutes_bought'
            then amount
        else 0
    end as paid,
    case
        when (account = 'processor_clearing' or account like 'host_clearing:%') and cause = 'minutes_sold_back'
            then -amount
        else 0
    end as back,
    case when account like 'host_payable:%' or account like 'host_earned:%' then -amount else 0 end as host,
    case when account = 'platform_fee' then -amount else 0 end as fee,
    case when account = 'dispute_reserve' or account like 'host_reserve:%' then amount else 0 end as disputed,
    case when account = 'loss' or account like 'host_loss:%' then amount else 0 end as lost
from ledger_transactions
join ledger_entries on ledger_entries.transaction_id = ledger_transactions.id
where ledger_transactions.purchase_id is not null and ledger_entries.unit <> 'ms';
