-- The address a change came from; null for those of before.
alter table change add column address text;
