-- What each worker spent on a job, by what came of it: frames as they are kept now, and attempts that failed.
select worker, outcome, count(*)::integer as attempts, sum(ended - began) / 1000.0 as seconds,
  min(began) as first, max(ended) as last
from (
  select worker, 'done' as outcome, at - coalesce(seconds, 0) * 1000 as began, at::double precision as ended
  from frame
  where job = $1 and state = 'done' and at is not null
  union all
  select worker, outcome, at - coalesce(seconds, 0) * 1000, at
  from attempt
  where job = $1 and outcome <> 'done'
) each
group by worker, outcome
order by worker nulls last
