-- An answer about an account of a host's own that comes late says less than one to a later question.

-- When Stripe was asked what is known of an account.
alter table merchants add column known_at bigint not null default 0;
