-- What people set for a worker, why it is given nothing, and what the farm has only so many of.
alter table worker add column settings jsonb, add column sick jsonb;

create table resource (
  name text primary key,
  most integer not null
);

alter table frame add column memory double precision, add column at bigint;

-- Who did what to the farm. Not bound to its job: that it was deleted is part of the history.
create table change (
  id bigint generated always as identity primary key,
  at bigint not null,
  by text not null,
  what text not null,
  job text,
  worker text,
  detail jsonb not null
);
create index change_by_job on change (job, id);
create index change_by_worker on change (worker, id);
