-- What done frames took, $3 frame numbers in a column, counted from number $2.
select (frame - $2::integer) / $3::integer as "column", count(*)::integer as frames, min(seconds) as shortest,
  avg(seconds) as mean, max(seconds) as longest, max(memory) as memory
from frame
where job = $1 and state = 'done' and seconds is not null and frame >= $2::integer
group by 1
order by 1
