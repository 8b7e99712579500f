-- What is told of payments to accounts of hosts' own is read again as well.

-- Until when everything is taken that Stripe told of an account.
alter table merchants add column read_until bigint;

-- Accounts are read for as long as something may be told of what was paid to them.
create index stripe_checkouts_of_merchants on stripe_checkouts (merchant_id, until_at)
    where merchant_id is not null;
