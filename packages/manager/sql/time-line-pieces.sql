-- Attempts of some workers that reach into a window of time; one more than are wanted, to see that there are more.
select worker, frame, began, ended, outcome
from (
  select worker, frame, at - coalesce(seconds, 0) * 1000 as began, at::double precision as ended, 'done' as outcome
  from frame
  where job = $1 and state = 'done' and at >= $2
  union all
  select worker, frame, at - coalesce(seconds, 0) * 1000, at, outcome
  from attempt
  where job = $1 and outcome <> 'done' and at >= $2
) each
where began <= $3 and coalesce(worker, '') = any($4)
limit $5
