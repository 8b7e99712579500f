-- Packs of prepaid minutes: who bought which, every event of it, and checkouts and orders that are about one. What the
-- two databases write differently (triggers) stands in the files of the same number in sqlite/ and postgres/;
-- docs/MONEY.md says what it means.

-- One row for each purchase. What stands from `status` on follows from the events, and is there to be found by.
create table purchases (
    id text not null primary key,
    -- Where it was on sale. It holds in every room of its seller.
    room_id text not null references rooms (id),
    seller_id text not null,
    buyer_id text not null,
    minutes bigint not null,
    amount bigint not null,
    currency text not null,
    -- The operator's share, in thousandths.
    fee bigint not null,
    made_at bigint not null,
    -- Until when its checkout was opened.
    until_at bigint not null,
    status text not null,
    -- How much of its time went back.
    back_ms bigint not null,
    -- The same as until_at while the checkout is open.
    open_until bigint,
    -- How many events there are.
    revision bigint not null
);

-- Who presses twice has one checkout.
create unique index purchases_open on purchases (seller_id, buyer_id) where open_until is not null;
create index purchases_by_buyer on purchases (buyer_id, made_at, id);
create index purchases_by_seller on purchases (seller_id, made_at, id);
create index purchases_by_time on purchases (made_at, id);

create table purchase_events (
    purchase_id text not null references purchases (id),
    number bigint not null,
    at bigint not null,
    event text not null,
    primary key (purchase_id, number)
);

alter table ledger_transactions add column purchase_id text;
create index ledger_transactions_by_purchase on ledger_transactions (purchase_id);

-- Orders and checkouts are of a session or of a purchase.

create table new_orders (
    id text not null primary key,
    session_id text references sessions (id),
    purchase_id text references purchases (id),
    at bigint not null,
    instruction text not null,
    due_at bigint not null,
    attempts bigint not null default 0,
    error text,
    done_at bigint,
    dead_at bigint,
    check (done_at is null or dead_at is null),
    check ((session_id is null) <> (purchase_id is null))
);

insert into new_orders
select id, session_id, null, at, instruction, due_at, attempts, error, done_at, dead_at from session_orders;
drop table session_orders;
alter table new_orders rename to session_orders;

create index session_orders_due on session_orders (due_at) where done_at is null and dead_at is null;
create index session_orders_by_session on session_orders (session_id);
create index session_orders_by_purchase on session_orders (purchase_id);
create index session_orders_troubled on session_orders (due_at) where done_at is null and error is not null;
create index session_orders_undone on session_orders (dead_at) where done_at is null;

create table old_test_orders as select order_id, payment_id from test_payment_orders;
drop table test_payment_orders;

create table new_test_payments (
    payment_id text not null primary key,
    session_id text references sessions (id),
    purchase_id text references purchases (id),
    amount bigint not null,
    currency text not null,
    words text not null,
    back text not null,
    state text not null,
    returned bigint not null default 0,
    until_at bigint not null,
    check (state in ('open', 'paid', 'ended')),
    check (returned between 0 and amount),
    check ((session_id is null) <> (purchase_id is null))
);

insert into new_test_payments
select payment_id, session_id, null, amount, currency, words, back, state, returned, until_at from test_payments;
drop table test_payments;
alter table new_test_payments rename to test_payments;

create index test_payments_by_session on test_payments (session_id);
create index test_payments_by_purchase on test_payments (purchase_id);

create table test_payment_orders (
    order_id text not null primary key,
    payment_id text not null references test_payments (payment_id)
);

insert into test_payment_orders select order_id, payment_id from old_test_orders;
drop table old_test_orders;

create table new_stripe_checkouts (
    payment_id text not null primary key,
    session_id text references sessions (id),
    purchase_id text references purchases (id),
    amount bigint not null,
    currency text not null,
    back text not null,
    form text,
    checkout_id text unique,
    address text,
    intent_id text unique,
    decline text,
    state text not null,
    until_at bigint not null,
    asked_at bigint not null,
    check (state in ('open', 'paid', 'ended')),
    check ((checkout_id is null) = (address is null)),
    check ((checkout_id is null) <> (form is null)),
    check ((session_id is null) <> (purchase_id is null))
);

insert into new_stripe_checkouts
select payment_id, session_id, null, amount, currency, back, form, checkout_id, address, intent_id, decline, state,
    until_at, asked_at
from stripe_checkouts;
drop table stripe_checkouts;
alter table new_stripe_checkouts rename to stripe_checkouts;

create index stripe_checkouts_open on stripe_checkouts (asked_at) where state = 'open';
create index stripe_checkouts_by_session on stripe_checkouts (session_id);
create index stripe_checkouts_by_purchase on stripe_checkouts (purchase_id);

-- What the pages read: each entry of the ledger in the column of what it means, of purchases the money and of
-- sessions the minutes.

create view purchase_money as
select
    ledger_transactions.purchase_id,
    ledger_entries.unit,
    case when account = 'processor_clearing' and cause = 'minutes_bought' then amount else 0 end as paid,
    case when account = 'processor_clearing' and cause = 'minutes_sold_back' then -amount else 0 end as back,
    case when account like 'host_payable:%' then -amount else 0 end as host,
    case when account = 'platform_fee' then -amount else 0 end as fee,
    case when account = 'dispute_reserve' then amount else 0 end as disputed,
    case when account = 'loss' then amount else 0 end as lost
from ledger_transactions
join ledger_entries on ledger_entries.transaction_id = ledger_transactions.id
where ledger_transactions.purchase_id is not null and ledger_entries.unit <> 'ms';

create view session_minutes as
select
    ledger_transactions.session_id,
    case when account like 'minutes:%' and cause = 'minutes_reserved' then amount else 0 end as reserved,
    case when account = 'used' then -amount else 0 end as used,
    case when account like 'minutes:%' and cause <> 'minutes_reserved' then -amount else 0 end as returned
from ledger_transactions
join ledger_entries on ledger_entries.transaction_id = ledger_transactions.id
where ledger_transactions.session_id is not null and ledger_entries.unit = 'ms';
