-- What was done outside may come undone: money on its way back that did not arrive. Then, and only then, what
-- was done is no more, and the order is set aside at the same moment.

create or replace function keep_order() returns trigger language plpgsql as $$
begin
    if new.id is distinct from old.id or new.session_id is distinct from old.session_id
        or new.at is distinct from old.at or new.instruction is distinct from old.instruction
        or (
            old.done_at is not null and new.done_at is distinct from old.done_at
            and not (new.done_at is null and new.dead_at is not null)
        ) then
        raise exception 'an order is never changed';
    end if;
    return new;
end $$;
