-- The lines of a history may go before their room does once the room was erased and its seal says so: the
-- chain then begins behind them.

create or replace function refuse_change_of_room_events() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if not exists (select 1 from rooms where id = old.room_id) or exists (
            select 1 from rooms join room_chains on room_chains.room_id = rooms.id
            where rooms.id = old.room_id and rooms.erased_at is not null
            and room_chains.first_position > old.position
        ) then
            return old;
        end if;
        raise exception 'lines of a room''s history go only together with the room';
    end if;
    if tg_op = 'UPDATE' then
        if (new.name is null or new.name is not distinct from old.name)
            and (new.by_name is null or new.by_name is not distinct from old.by_name)
            and new.room_id is not distinct from old.room_id
            and new.position is not distinct from old.position
            and new.epoch is not distinct from old.epoch
            and new.at is not distinct from old.at
            and new.kind is not distinct from old.kind
            and new.participant_id is not distinct from old.participant_id
            and new.name_seal is not distinct from old.name_seal
            and new.by_id is not distinct from old.by_id
            and new.by_name_seal is not distinct from old.by_name_seal
            and new.previous is not distinct from old.previous
            and new.hash is not distinct from old.hash then
            return new;
        end if;
    end if;
    raise exception 'lines of a room''s history are never changed';
end $$;
