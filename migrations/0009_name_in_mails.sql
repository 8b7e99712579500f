-- What a room was called whose owner deleted their account, for as long as somebody has to be told by mail that
-- it is off; null while the room has its name. The row goes with that mail.

alter table invite_mails add column room_name text;
