-- What was agreed to is never changed either.

create or replace function keep_what_was_sold() returns trigger language plpgsql as $$
begin
    if new.id is distinct from old.id or new.room_id is distinct from old.room_id
        or new.seller_id is distinct from old.seller_id or new.buyer_id is distinct from old.buyer_id
        or new.minutes is distinct from old.minutes or new.amount is distinct from old.amount
        or new.currency is distinct from old.currency or new.fee is distinct from old.fee
        or new.made_at is distinct from old.made_at or new.until_at is distinct from old.until_at
        or new.terms is distinct from old.terms or new.consented_at is distinct from old.consented_at
        or new.revision < old.revision then
        raise exception 'what was sold is never changed';
    end if;
    return new;
end $$;
