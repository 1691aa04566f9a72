-- A lease whose one frame another lease has too, so that the faster one wins.
alter table lease add column is_double boolean not null default false;
