select * from (
  select id, frame, at, worker, problem, log from attempt
  where job = $1 and ($2::integer is null or frame = $2) and outcome <> 'done'
  order by id desc
  limit 50
) latest
order by id
