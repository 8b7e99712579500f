-- What was done outside may come undone: money on its way back that did not arrive. Then, and only then, what
-- was done is no more, and the order is set aside at the same moment.

drop trigger session_orders_stand;

create trigger session_orders_stand before update on session_orders
    when new.id is not old.id or new.session_id is not old.session_id or new.at is not old.at
        or new.instruction is not old.instruction
        or (
            old.done_at is not null and new.done_at is not old.done_at
            and not (new.done_at is null and new.dead_at is not null)
        ) begin
    select raise(abort, 'an order is never changed');
end;
