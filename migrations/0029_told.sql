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
