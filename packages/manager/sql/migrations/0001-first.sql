-- One row: which farm this is, and the number of the last group of decisions that was committed.
create table farm (
  only_one boolean primary key default true check (only_one),
  id text not null,
  name text not null,
  created_at bigint not null,
  batch bigint not null default 0
);

-- All of a job but its frames. Times are milliseconds since 1970, UTC, everywhere.
create table job (
  id text primary key,
  created_at bigint not null,
  state text not null,
  head jsonb not null
);
create index job_by_age on job (created_at desc, id);
create index job_unfinished on job (created_at) where state in ('queued', 'active', 'paused');

-- A frame has a row once something happened to it; a frame without one is waiting.
create table frame (
  job text not null references job (id) on delete cascade,
  frame integer not null,
  state text not null,
  failures smallint not null,
  worker text,
  digest text,
  size bigint,
  seconds double precision,
  primary key (job, frame)
);

create table attempt (
  id bigint generated always as identity primary key,
  job text not null references job (id) on delete cascade,
  frame integer not null,
  at bigint not null,
  worker text,
  seconds double precision,
  memory double precision,
  outcome text not null,
  problem jsonb,
  log text not null
);
create index attempt_by_frame on attempt (job, frame, id);

create table lease (
  id text primary key,
  job text not null references job (id) on delete cascade,
  worker text not null,
  kind text not null,
  frames text,
  granted_at bigint not null
);

create table worker (
  id text primary key,
  hello jsonb not null,
  draining boolean not null,
  frames_done bigint not null
);

create table frame_server (
  id text primary key,
  hello jsonb not null,
  host text not null
);

-- Files a frame server has still to delete.
create table forget (
  frame_server text not null,
  job text not null,
  primary key (frame_server, job)
);
