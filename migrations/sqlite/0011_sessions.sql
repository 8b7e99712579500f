
-- What happened, and what was agreed to, stays.

create trigger session_events_are_not_changed before update on session_events begin
    select raise(abort, 'events of a session are never changed');
end;

create trigger session_events_are_not_deleted before delete on session_events begin
    select raise(abort, 'events of a session are never deleted');
end;

create trigger terms_are_not_changed before update on terms begin
    select raise(abort, 'words that somebody agreed to are never changed');
end;

create trigger terms_are_not_deleted before delete on terms begin
    select raise(abort, 'words that somebody agreed to are never deleted');
end;

create trigger sessions_are_not_deleted before delete on sessions begin
    select raise(abort, 'sessions are never deleted');
end;

create trigger sessions_keep_what_was_agreed before update on sessions
    when new.id is not old.id or new.room_id is not old.room_id or new.host_id is not old.host_id
        or new.payer_id is not old.payer_id
        or new.offer is not old.offer or new.terms is not old.terms or new.planned is not old.planned
        or new.made_at is not old.made_at or new.revision < old.revision
        or (old.closed_at is not null and new.closed_at is not old.closed_at) begin
    select raise(abort, 'what was offered is never changed, and what is over stays over');
end;

create trigger session_orders_stand before update on session_orders
    when new.id is not old.id or new.session_id is not old.session_id or new.at is not old.at
        or new.instruction is not old.instruction
        or (old.done_at is not null and new.done_at is not old.done_at) begin
    select raise(abort, 'an order is never changed');
end;

create trigger session_orders_are_not_deleted before delete on session_orders begin
    select raise(abort, 'orders are never deleted');
end;

-- See the migration before: `insert or replace` deletes as well.

create trigger session_events_are_not_replaced before insert on session_events
    when exists (
        select 1 from session_events where session_id = new.session_id and number = new.number
    ) begin
    select raise(abort, 'events of a session are never replaced');
end;

create trigger terms_are_not_replaced before insert on terms
    when exists (select 1 from terms where digest = new.digest) begin
    select raise(ignore);
end;

create trigger sessions_are_not_replaced before insert on sessions
    when exists (
        select 1 from sessions
        where id = new.id
            or (closed_at is null and room_id = new.room_id and payer_id = new.payer_id)
    ) begin
    select raise(ignore);
end;

create trigger session_orders_are_not_replaced before insert on session_orders
    when exists (select 1 from session_orders where id = new.id) begin
    select raise(abort, 'orders are never replaced');
end;
