-- What a co-host or a viewer was before a host made them so, and is again when that is taken back.

alter table members add column former text check (former in ('participant', 'guest', 'viewer'));
