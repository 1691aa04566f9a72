-- Who may do what. Of secrets only the SHA-256 is kept, in hex.
create table token (
  id text primary key,
  hash text not null unique,
  role text not null,
  name text not null,
  all_jobs boolean not null,
  member text,
  created_at bigint not null,
  created_by text not null,
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint
);

create table join_code (
  id text primary key,
  hash text not null unique,
  role text not null,
  uses integer not null,
  used integer not null,
  renders_only boolean not null,
  created_at bigint not null,
  created_by text not null,
  expires_at bigint not null,
  revoked_at bigint
);

-- Computers that joined. `public_key` is the SHA-256 of it, in hex.
create table member (
  id text primary key,
  role text not null,
  name text not null,
  public_key text not null,
  join_code text not null,
  joined_at bigint not null,
  revoked_at bigint
);
