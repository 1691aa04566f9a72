-- Where notices are sent. The secret signs them and is needed whole; `url` may hold one of the receiver's.
create table webhook (
  id text primary key,
  name text not null,
  url text not null,
  secret text not null,
  events jsonb not null,
  shape text not null,
  created_at bigint not null,
  created_by text not null,
  -- Attempts that failed since the last one that did not.
  failures integer not null default 0
);

-- One notice for one webhook. Written in the transaction of what it tells.
create table posting (
  id bigint generated always as identity primary key,
  webhook text not null references webhook (id) on delete cascade,
  event text not null,
  notice jsonb not null,
  at bigint not null,
  state text not null default 'waiting',
  attempts integer not null default 0,
  -- When to try next; of one that has ended, when it ended.
  due_at bigint not null,
  status integer,
  why text
);
create index posting_waiting on posting (due_at) where state = 'waiting';
create index posting_by_webhook on posting (webhook, id);
