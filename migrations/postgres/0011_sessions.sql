
-- What happened, and what was agreed to, stays.

create function refuse_change_of_sessions() returns trigger language plpgsql as $$
begin
    raise exception 'what happened in a session is never changed or deleted';
end $$;

create trigger session_events_stand before update or delete on session_events
    for each row execute function refuse_change_of_sessions();
create trigger session_events_are_not_emptied before truncate on session_events
    for each statement execute function refuse_change_of_sessions();
create trigger terms_stand before update or delete on terms
    for each row execute function refuse_change_of_sessions();
create trigger terms_are_not_emptied before truncate on terms
    for each statement execute function refuse_change_of_sessions();
create trigger sessions_are_not_deleted before delete on sessions
    for each row execute function refuse_change_of_sessions();
create trigger sessions_are_not_emptied before truncate on sessions
    for each statement execute function refuse_change_of_sessions();
create trigger session_orders_are_not_deleted before delete on session_orders
    for each row execute function refuse_change_of_sessions();
create trigger session_orders_are_not_emptied before truncate on session_orders
    for each statement execute function refuse_change_of_sessions();

create function keep_what_was_agreed() returns trigger language plpgsql as $$
begin
    if new.id is distinct from old.id or new.room_id is distinct from old.room_id
        or new.host_id is distinct from old.host_id or new.payer_id is distinct from old.payer_id
        or new.offer is distinct from old.offer
        or new.terms is distinct from old.terms or new.planned is distinct from old.planned
        or new.made_at is distinct from old.made_at or new.revision < old.revision
        or (old.closed_at is not null and new.closed_at is distinct from old.closed_at) then
        raise exception 'what was offered is never changed, and what is over stays over';
    end if;
    return new;
end $$;

create trigger sessions_keep_what_was_agreed before update on sessions
    for each row execute function keep_what_was_agreed();

create function keep_order() returns trigger language plpgsql as $$
begin
    if new.id is distinct from old.id or new.session_id is distinct from old.session_id
        or new.at is distinct from old.at or new.instruction is distinct from old.instruction
        or (old.done_at is not null and new.done_at is distinct from old.done_at) then
        raise exception 'an order is never changed';
    end if;
    return new;
end $$;

create trigger session_orders_stand before update on session_orders
    for each row execute function keep_order();
