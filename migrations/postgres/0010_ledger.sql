
-- Entries come before the seal, and add to the balance of their account as they come. Afterwards, so that an
-- entry which was skipped adds nothing, and one that had to wait for another transaction sees its seal.

create function add_entry_up() returns trigger language plpgsql as $$
begin
    if exists (select 1 from ledger_seals where transaction_id = new.transaction_id) then
        raise exception 'a sealed transaction takes no more entries';
    end if;
    update ledger_accounts set balance = balance + new.amount
        where name = new.account and unit = new.unit;
    return new;
end $$;

create trigger ledger_entries_add_up after insert on ledger_entries
    for each row execute function add_entry_up();

-- The seal: two to sixteen entries, and nothing left over in any unit.

create function seal_what_balances() returns trigger language plpgsql as $$
begin
    if (select count(*) from ledger_entries where transaction_id = new.transaction_id) not between 2 and 16
        or exists (
            select 1 from ledger_entries where transaction_id = new.transaction_id
            group by unit having sum(amount) <> 0
        ) then
        raise exception 'debits and credits of a transaction differ';
    end if;
    return new;
end $$;

create trigger ledger_seals_are_for_what_balances before insert on ledger_seals
    for each row execute function seal_what_balances();

-- What stands, stands.

create function refuse_change_of_ledger() returns trigger language plpgsql as $$
begin
    raise exception 'what stands in the ledger is never changed or deleted';
end $$;

create trigger ledger_entries_stand before update or delete on ledger_entries
    for each row execute function refuse_change_of_ledger();
create trigger ledger_entries_are_not_emptied before truncate on ledger_entries
    for each statement execute function refuse_change_of_ledger();
create trigger ledger_transactions_stand before update or delete on ledger_transactions
    for each row execute function refuse_change_of_ledger();
create trigger ledger_transactions_are_not_emptied before truncate on ledger_transactions
    for each statement execute function refuse_change_of_ledger();
create trigger ledger_seals_stand before update or delete on ledger_seals
    for each row execute function refuse_change_of_ledger();
create trigger ledger_seals_are_not_emptied before truncate on ledger_seals
    for each statement execute function refuse_change_of_ledger();
create trigger ledger_accounts_are_not_deleted before delete on ledger_accounts
    for each row execute function refuse_change_of_ledger();
create trigger ledger_accounts_are_not_emptied before truncate on ledger_accounts
    for each statement execute function refuse_change_of_ledger();

create function keep_account() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.balance <> 0 then
            raise exception 'an account of the ledger begins empty';
        end if;
    elsif new.name <> old.name or new.unit <> old.unit or new.side <> old.side then
        raise exception 'an account of the ledger keeps its name, unit and side';
    end if;
    return new;
end $$;

create trigger ledger_accounts_keep_their_guard before insert or update on ledger_accounts
    for each row execute function keep_account();
