-- To which words the buyer of a pack agreed, and when; purchases from before have none.

alter table purchases add column terms text references terms (digest);
alter table purchases add column consented_at bigint check ((terms is null) = (consented_at is null));
