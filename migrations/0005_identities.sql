-- By what words the owner of an account knows who they are at an OpenID provider: an address or a name there.
alter table federated_identities add column label text;
