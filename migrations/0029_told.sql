-- Disputes are told to whoever has to answer them.

-- Until when a bank takes evidence about a payment, as the processor says.
create table dispute_deadlines (
    payment_id text not null primary key,
    until_at bigint not null
);

-- Of a mail to several people, who has it already, so that nobody gets it twice when it is tried again.
create table order_readers (
    order_id text not null references session_orders (id),
    -- A number that follows from an address.
    reader text not null,
    primary key (order_id, reader)
);

-- A monitor counts the disputes that are open.
create index ledger_transactions_of_disputes on ledger_transactions (cause)
    where cause in ('dispute_opened', 'dispute_won', 'dispute_lost');

-- What a processor said of a payment and was not taken, for whoever runs the server to look at.
create table refused_words (
    -- Empty of a message that could not be read.
    payment_id text not null,
    session_id text,
    purchase_id text,
    -- What was said, and why it was not taken, each by its name.
    said text not null,
    why text not null,
    amount bigint,
    currency text,
    first_at bigint not null,
    last_at bigint not null,
    times bigint not null,
    seen_at bigint,
    primary key (payment_id, said, why)
);

-- Until when everything is taken that Stripe told: what was lost on the way is asked for.
create table stripe_reads (
    id integer not null primary key check (id = 1),
    until_at bigint not null
);
