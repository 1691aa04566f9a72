-- The same in columns of $6 milliseconds: in each, attempts that ended, and how long slots were busy.
select worker, slice as "column",
  (count(*) filter (where outcome = 'done' and slice = last_slice and ended <= $3))::integer as done,
  (count(*) filter (where outcome = 'failed' and slice = last_slice and ended <= $3))::integer as failed,
  (count(*) filter (where outcome = 'lost' and slice = last_slice and ended <= $3))::integer as lost,
  sum(greatest(0, least(ended, $2 + (slice + 1) * $6) - greatest(began, $2 + slice * $6))) / 1000 as busy
from (
  select worker, outcome, began, ended,
    floor((greatest(began, $2::double precision) - $2) / $6::double precision)::integer as first_slice,
    least($5::integer - 1, floor((least(ended, $3::double precision) - $2) / $6)::integer) as last_slice
  from (
    select worker, at - coalesce(seconds, 0) * 1000 as began, at::double precision as ended, 'done' as outcome
    from frame
    where job = $1 and state = 'done' and at >= $2::double precision
    union all
    select worker, at - coalesce(seconds, 0) * 1000, at, outcome
    from attempt
    where job = $1 and outcome <> 'done' and at >= $2::double precision
  ) each
  where began <= $3 and coalesce(worker, '') = any($4)
) placed, generate_series(first_slice, last_slice) as slice
group by worker, slice
order by worker, slice
