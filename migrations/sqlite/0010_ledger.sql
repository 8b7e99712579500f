
-- Entries come before the seal, and add to the balance of their account as they come.

create trigger ledger_entries_come_before_the_seal before insert on ledger_entries
    when exists (select 1 from ledger_seals where transaction_id = new.transaction_id) begin
    select raise(abort, 'a sealed transaction takes no more entries');
end;

create trigger ledger_entries_add_up after insert on ledger_entries begin
    update ledger_accounts set balance = balance + new.amount
        where name = new.account and unit = new.unit;
end;

-- The seal: two to sixteen entries, and nothing left over in any unit.

create trigger ledger_seals_are_for_what_balances before insert on ledger_seals
    when (select count(*) from ledger_entries where transaction_id = new.transaction_id) not between 2 and 16
        or exists (
            select 1 from ledger_entries where transaction_id = new.transaction_id
            group by unit having sum(amount) <> 0
        ) begin
    select raise(abort, 'debits and credits of a transaction differ');
end;

-- What stands, stands.

create trigger ledger_entries_are_not_changed before update on ledger_entries begin
    select raise(abort, 'entries of the ledger are never changed');
end;

create trigger ledger_entries_are_not_deleted before delete on ledger_entries begin
    select raise(abort, 'entries of the ledger are never deleted');
end;

create trigger ledger_transactions_are_not_changed before update on ledger_transactions begin
    select raise(abort, 'transactions of the ledger are never changed');
end;

create trigger ledger_transactions_are_not_deleted before delete on ledger_transactions begin
    select raise(abort, 'transactions of the ledger are never deleted');
end;

create trigger ledger_seals_are_not_changed before update on ledger_seals begin
    select raise(abort, 'seals of the ledger are never changed');
end;

create trigger ledger_seals_are_not_deleted before delete on ledger_seals begin
    select raise(abort, 'seals of the ledger are never deleted');
end;

create trigger ledger_accounts_are_not_deleted before delete on ledger_accounts begin
    select raise(abort, 'accounts of the ledger are never deleted');
end;

create trigger ledger_accounts_keep_their_guard before update on ledger_accounts
    when new.name <> old.name or new.unit <> old.unit or new.side <> old.side begin
    select raise(abort, 'an account of the ledger keeps its name, unit and side');
end;

create trigger ledger_accounts_begin_empty before insert on ledger_accounts when new.balance <> 0 begin
    select raise(abort, 'an account of the ledger begins empty');
end;

-- `insert or replace` deletes without asking the triggers above, unless a connection wants it otherwise. What
-- stands is therefore not written again, whoever writes.

create trigger ledger_accounts_are_not_replaced before insert on ledger_accounts
    when exists (select 1 from ledger_accounts where name = new.name and unit = new.unit) begin
    select raise(ignore);
end;

create trigger ledger_transactions_are_not_replaced before insert on ledger_transactions
    when exists (select 1 from ledger_transactions where id = new.id) begin
    select raise(ignore);
end;

create trigger ledger_entries_are_not_replaced before insert on ledger_entries
    when exists (
        select 1 from ledger_entries
        where transaction_id = new.transaction_id
            and (number = new.number or (account = new.account and unit = new.unit))
    ) begin
    select raise(abort, 'entries of the ledger are never replaced');
end;

create trigger ledger_seals_are_not_replaced before insert on ledger_seals
    when exists (select 1 from ledger_seals where transaction_id = new.transaction_id) begin
    select raise(abort, 'seals of the ledger are never replaced');
end;
