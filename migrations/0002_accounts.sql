-- Accounts: hosts who can sign in from every browser. Guests never need one.
-- Ids are 32 hexadecimal digits, times are milliseconds since the Unix epoch, hashes are SHA-256 in
-- hexadecimal digits.

create table accounts (
    -- The user id that rooms and seats name.
    id text not null primary key,
    -- In one spelling, lower case. An account that came from another provider may have none.
    email text unique,
    name text not null,
    -- Argon2id, as a PHC string; absent while only a passkey or a provider opens the account.
    password_hash text,
    -- The language of mails.
    lang text not null,
    -- Counts up when every browser is signed out: logins of an older epoch are nobody's.
    epoch bigint not null,
    created_at bigint not null,
    -- When it was proven that the person reads the mail to this address.
    verified_at bigint
);

-- Accounts in the making: they come to be when the link in the mail is followed.
create table sign_ups (
    token_hash text not null primary key,
    email text not null,
    name text not null,
    password_hash text not null,
    lang text not null,
    expires_at bigint not null
);

create index sign_ups_by_email on sign_ups (email);
create index sign_ups_by_expiry on sign_ups (expires_at);

-- Links that set a new password, once.
create table password_resets (
    token_hash text not null primary key,
    account_id text not null references accounts (id) on delete cascade,
    expires_at bigint not null
);

create index password_resets_by_account on password_resets (account_id);
create index password_resets_by_expiry on password_resets (expires_at);

create table passkeys (
    -- The credential id, as base64url.
    id text not null primary key,
    account_id text not null references accounts (id) on delete cascade,
    name text not null,
    -- The public key and counter, as the code that checks signatures writes them.
    credential text not null,
    created_at bigint not null,
    used_at bigint
);

create index passkeys_by_account on passkeys (account_id, created_at);

-- Who an account is at an OpenID provider.
create table federated_identities (
    issuer text not null,
    subject text not null,
    account_id text not null references accounts (id) on delete cascade,
    created_at bigint not null,
    primary key (issuer, subject)
);

create index federated_identities_by_account on federated_identities (account_id);
