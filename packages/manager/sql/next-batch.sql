-- Fails with division_by_zero when the farm is not at the group before, so that nothing of this one is written.
with advanced as (update farm set batch = $1 where batch = $1 - 1 returning batch)
select 1 / count(*) from advanced
