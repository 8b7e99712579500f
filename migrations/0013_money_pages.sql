-- What the pages for payers and hosts read: each entry of the ledger that is about a session, in the column of what it
-- means for host and payer. docs/MONEY.md says what the accounts are; a sum over any set of sessions is one over this.

create view session_money as
select
    ledger_transactions.session_id,
    ledger_entries.unit,
    case
        when account = 'processor_clearing' and cause in ('captured', 'capture_failed') then amount else 0
    end as paid,
    case when account = 'processor_clearing' and cause = 'refunded' then -amount else 0 end as back,
    case when account like 'host_payable:%' then -amount else 0 end as host,
    case when account = 'platform_fee' then -amount else 0 end as fee,
    case when account like 'deferred:%' then -amount else 0 end as held,
    case when account = 'dispute_reserve' then amount else 0 end as disputed,
    case when account = 'loss' then amount else 0 end as lost
from ledger_transactions
join ledger_entries on ledger_entries.transaction_id = ledger_transactions.id
where ledger_transactions.session_id is not null and ledger_entries.unit <> 'ms';

-- How somebody was called is asked of each session in a list.
create index attendance_by_user on attendance (room_id, user_id, entered_at);
create index test_payments_by_session on test_payments (session_id);
