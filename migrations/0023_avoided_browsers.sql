-- Strangers who avoid or report each other are kept apart in the browsers that they had then, too: whoever
-- signs in or out is another user there. What was written before knows no browser.

alter table stranger_blocks add column user_device text;
alter table stranger_blocks add column blocked_device text;
create index stranger_blocks_by_user_device on stranger_blocks (user_device);
create index stranger_blocks_by_blocked_device on stranger_blocks (blocked_device);

alter table stranger_reports add column reporter_device text;
create index stranger_reports_by_device on stranger_reports (reported_device);
