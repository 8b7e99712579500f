-- Who takes a payment is never changed either.

drop trigger purchases_keep_what_was_sold;

create trigger purchases_keep_what_was_sold before update on purchases
    when new.id is not old.id or new.room_id is not old.room_id or new.seller_id is not old.seller_id
        or new.buyer_id is not old.buyer_id or new.minutes is not old.minutes or new.amount is not old.amount
        or new.currency is not old.currency or new.fee is not old.fee or new.made_at is not old.made_at
        or new.until_at is not old.until_at or new.terms is not old.terms
        or new.consented_at is not old.consented_at or new.merchant_id is not old.merchant_id
        or new.revision < old.revision begin
    select raise(abort, 'what was sold is never changed');
end;

create trigger stripe_checkouts_keep_who_takes_it before update on stripe_checkouts
    when new.merchant_id is not old.merchant_id begin
    select raise(abort, 'who takes a payment is never changed');
end;

create trigger merchants_keep_their_account before update on merchants
    when new.id is not old.id or new.user_id is not old.user_id
        or (old.account_id is not null and new.account_id is not old.account_id) begin
    select raise(abort, 'an account of a host is never another');
end;

create trigger merchants_are_not_deleted before delete on merchants begin
    select raise(abort, 'accounts of hosts are never deleted');
end;
