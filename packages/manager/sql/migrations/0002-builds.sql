-- The Blenders that the farm hands out: one of each version for each platform. Their files are blobs.
create table build (
  version text not null,
  platform text not null,
  build jsonb not null,
  primary key (version, platform)
);
