-- What was bought, and what happened to it, stays.

create trigger purchase_events_are_not_changed before update on purchase_events begin
    select raise(abort, 'events of a purchase are never changed');
end;

create trigger purchase_events_are_not_deleted before delete on purchase_events begin
    select raise(abort, 'events of a purchase are never deleted');
end;

create trigger purchase_events_are_not_replaced before insert on purchase_events
    when exists (
        select 1 from purchase_events where purchase_id = new.purchase_id and number = new.number
    ) begin
    select raise(abort, 'events of a purchase are never replaced');
end;

create trigger purchases_are_not_deleted before delete on purchases begin
    select raise(abort, 'purchases are never deleted');
end;

create trigger purchases_keep_what_was_sold before update on purchases
    when new.id is not old.id or new.room_id is not old.room_id or new.seller_id is not old.seller_id
        or new.buyer_id is not old.buyer_id or new.minutes is not old.minutes or new.amount is not old.amount
        or new.currency is not old.currency or new.fee is not old.fee or new.made_at is not old.made_at
        or new.until_at is not old.until_at or new.revision < old.revision begin
    select raise(abort, 'what was sold is never changed');
end;

create trigger purchases_are_not_replaced before insert on purchases
    when exists (
        select 1 from purchases
        where id = new.id
            or (open_until is not null and seller_id = new.seller_id and buyer_id = new.buyer_id
                and new.open_until is not null)
    ) begin
    select raise(ignore);
end;

-- The table of orders is a new one, and is held to the same.

create trigger session_orders_stand before update on session_orders
    when new.id is not old.id or new.session_id is not old.session_id
        or new.purchase_id is not old.purchase_id or new.at is not old.at
        or new.instruction is not old.instruction
        or (
            old.done_at is not null and new.done_at is not old.done_at
            and not (new.done_at is null and new.dead_at is not null)
        ) begin
    select raise(abort, 'an order is never changed');
end;

create trigger session_orders_are_not_deleted before delete on session_orders begin
    select raise(abort, 'orders are never deleted');
end;

create trigger session_orders_are_not_replaced before insert on session_orders
    when exists (select 1 from session_orders where id = new.id) begin
    select raise(abort, 'orders are never replaced');
end;
