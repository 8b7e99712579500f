-- What a session that is over still has to be paid, in minor units of the currency of its offer, so that open bills
-- are found. It follows from the events, as everything in a row of sessions from `status` on. No bill could be
-- written before.
alter table sessions add column owing bigint;

create index sessions_owing on sessions (payer_id) where owing is not null;
