-- By which invite somebody became a member, as long as no host has decided otherwise: where a room knows as many
-- as it may, it forgets only those who become the same again by a link that still holds. Of whoever came before
-- this it is not known, and none of them is forgotten.

alter table members add column invite_id text;
