-- What each worker did for each job: of the frames as they are kept now, and of the attempts that failed.
select job, worker, sum(done)::integer as done, sum(seconds) as seconds, min(shortest) as shortest,
  max(longest) as longest, max(memory) as memory, sum(failed)::integer as failed
from (
  select job, worker, count(*) as done, coalesce(sum(seconds), 0) as seconds, min(seconds) as shortest,
    max(seconds) as longest, max(memory) as memory, 0 as failed
  from frame
  where state = 'done' and ($1::text is null or job = $1) and ($2::text is null or worker = $2)
  group by job, worker
  union all
  select job, worker, 0, 0, null, null, max(memory), count(*)
  from attempt
  where outcome <> 'done' and ($1::text is null or job = $1) and ($2::text is null or worker = $2)
  group by job, worker
) each
group by job, worker
order by job, sum(done) desc, worker
limit 10000
