-- A receipt asks where its session was paid.
create index stripe_checkouts_by_session on stripe_checkouts (session_id);
