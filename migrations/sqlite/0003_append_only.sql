
-- Lines of the history are added, never changed, and go only together with their room. Only names may be
-- erased.

create trigger room_events_are_not_changed before update on room_events
    when not (
        (new.name is null or new.name is not distinct from old.name)
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
        and new.hash is not distinct from old.hash
    ) begin
    select raise(abort, 'lines of a room''s history are never changed');
end;

create trigger room_events_are_not_deleted before delete on room_events
    when exists (select 1 from rooms where id = old.room_id) begin
    select raise(abort, 'lines of a room''s history go only together with the room');
end;
