-- The lines of a history may go before their room does once the room was erased and its seal says so: the
-- chain then begins behind them.

drop trigger room_events_are_not_deleted;

create trigger room_events_are_not_deleted before delete on room_events
    when exists (select 1 from rooms where id = old.room_id) and not exists (
        select 1 from rooms join room_chains on room_chains.room_id = rooms.id
        where rooms.id = old.room_id and rooms.erased_at is not null
        and room_chains.first_position > old.position
    ) begin
    select raise(abort, 'lines of a room''s history go only together with the room');
end;
