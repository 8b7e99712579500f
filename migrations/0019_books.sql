-- What the operator reads: all sessions, newest first or of one kind.

create index sessions_by_time on sessions (made_at, id);
create index sessions_by_status on sessions (status, made_at, id);
-- Orders that nobody tries any more, or that have failed and are tried again.
create index session_orders_troubled on session_orders (due_at) where done_at is null and error is not null;
create index session_orders_undone on session_orders (dead_at) where done_at is null;

-- Refunds at a processor of which it is known that the money did not arrive: each sets its order aside once,
-- however often and late it is told.
create table failed_refunds (
    -- As the processor names it.
    refund_id text not null primary key,
    order_id text not null,
    at bigint not null
);
