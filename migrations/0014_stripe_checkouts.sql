-- What the server remembers of checkouts at Stripe. Nothing here is about a person; the session that a
-- checkout is for says who pays.
create table stripe_checkouts (
    payment_id text not null primary key,
    session_id text not null references sessions (id),
    amount bigint not null,
    currency text not null,
    -- Where the payer is led when they come back: an address of this site.
    back text not null,
    -- The form with which it is opened, until it is: asked twice, it is the same to the letter.
    form text,
    -- What Stripe calls it, and where its page is.
    checkout_id text unique,
    address text,
    -- What Stripe calls the movement of the money; it is known once somebody pays.
    intent_id text unique,
    -- Stripe's last word about a card that was refused, so that it is told once.
    decline text,
    -- How it stands, as far as the session was told.
    state text not null,
    until_at bigint not null,
    -- When Stripe was last asked about it.
    asked_at bigint not null,
    check (state in ('open', 'paid', 'ended')),
    check ((checkout_id is null) = (address is null)),
    check ((checkout_id is null) <> (form is null))
);

create index stripe_checkouts_open on stripe_checkouts (asked_at) where state = 'open';
