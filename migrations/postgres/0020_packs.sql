-- What was bought, and what happened to it, stays.

create trigger purchase_events_stand before update or delete on purchase_events
    for each row execute function refuse_change_of_sessions();
create trigger purchase_events_are_not_emptied before truncate on purchase_events
    for each statement execute function refuse_change_of_sessions();
create trigger purchases_are_not_deleted before delete on purchases
    for each row execute function refuse_change_of_sessions();
create trigger purchases_are_not_emptied before truncate on purchases
    for each statement execute function refuse_change_of_sessions();

create function keep_what_was_sold() returns trigger language plpgsql as $$
begin
    if new.id is distinct from old.id or new.room_id is distinct from old.room_id
        or new.seller_id is distinct from old.seller_id or new.buyer_id is distinct from old.buyer_id
        or new.minutes is distinct from old.minutes or new.amount is distinct from old.amount
        or new.currency is distinct from old.currency or new.fee is distinct from old.fee
        or new.made_at is distinct from old.made_at or new.until_at is distinct from old.until_at
        or new.revision < old.revision then
        raise exception 'what was sold is never changed';
    end if;
    return new;
end $$;

create trigger purchases_keep_what_was_sold before update on purchases
    for each row execute function keep_what_was_sold();

-- The table of orders is a new one, and is held to the same.

create trigger session_orders_are_not_deleted before delete on session_orders
    for each row execute function refuse_change_of_sessions();
create trigger session_orders_are_not_emptied before truncate on session_orders
    for each statement execute function refuse_change_of_sessions();

create or replace function keep_order() returns trigger language plpgsql as $$
begin
    if new.id is distinct from old.id or new.session_id is distinct from old.session_id
        or new.purchase_id is distinct from old.purchase_id
        or new.at is distinct from old.at or new.instruction is distinct from old.instruction
        or (
            old.done_at is not null and new.done_at is distinct from old.done_at
            and not (new.done_at is null and new.dead_at is not null)
        ) then
        raise exception 'an order is never changed';
    end if;
    return new;
end $$;

create trigger session_orders_stand before update on session_orders
    for each row execute function keep_order();
