-- What an operator lists is found by an index, however many sessions and packs there are.

create index sessions_open_by_time on sessions (made_at, id) where closed_at is null;
create index sessions_disputed_by_time on sessions (made_at, id) where status like 'dispute%';
create index purchases_disputed_by_time on purchases (made_at, id) where status like 'dispute%';
