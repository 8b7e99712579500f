-- Who takes a payment is never changed either.

create or replace function keep_what_was_sold() returns trigger language plpgsql as $$
begin
    if new.id is distinct from old.id or new.room_id is distinct from old.room_id
        or new.seller_id is distinct from old.seller_id or new.buyer_id is distinct from old.buyer_id
        or new.minutes is distinct from old.minutes or new.amount is distinct from old.amount
        or new.currency is distinct from old.currency or new.fee is distinct from old.fee
        or new.made_at is distinct from old.made_at or new.until_at is distinct from old.until_at
        or new.terms is distinct from old.terms or new.consented_at is distinct from old.consented_at
        or new.merchant_id is distinct from old.merchant_id or new.revision < old.revision then
        raise exception 'what was sold is never changed';
    end if;
    return new;
end $$;

create function keep_who_takes_it() returns trigger language plpgsql as $$
begin
    if new.merchant_id is distinct from old.merchant_id then
        raise exception 'who takes a payment is never changed';
    end if;
    return new;
end $$;

create trigger stripe_checkouts_keep_who_takes_it before update on stripe_checkouts
    for each row execute function keep_who_takes_it();

create function keep_merchants() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'accounts of hosts are never deleted';
    end if;
    if new.id is distinct from old.id or new.user_id is distinct from old.user_id
        or (old.account_id is not null and new.account_id is distinct from old.account_id) then
        raise exception 'an account of a host is never another';
    end if;
    return new;
end $$;

create trigger merchants_keep_their_account before update or delete on merchants
    for each row execute function keep_merchants();
