-- Whether a room ended by time alone: its page says so, and does not blame the host.

alter table rooms add column expired boolean not null default false;

update rooms set expired = true where ended_at is not null and exists
    (select 1 from room_events where room_events.room_id = rooms.id and room_events.kind = 'expired');
