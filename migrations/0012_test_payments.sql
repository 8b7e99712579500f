-- What the embedded test processor remembers: checkouts at which no money moves. Nothing here is about a
-- person; the session that a checkout is for says who pays.
create table test_payments (
    payment_id text not null primary key,
    session_id text not null references sessions (id),
    amount bigint not null,
    currency text not null,
    -- What the payer reads on the page.
    words text not null,
    -- Where the payer is led when they are done.
    back text not null,
    state text not null,
    -- How much went back.
    returned bigint not null default 0,
    until_at bigint not null,
    check (state in ('open', 'paid', 'ended')),
    check (returned between 0 and amount)
);

-- What was asked of it, so that the same order twice is one.
create table test_payment_orders (
    order_id text not null primary key,
    payment_id text not null references test_payments (payment_id)
);
