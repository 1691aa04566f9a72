-- What the farm did in each minute, kept for a month.
create table minute (
  at bigint primary key,
  frames integer not null,
  bytes bigint not null,
  busy real not null,
  slots real not null
);
