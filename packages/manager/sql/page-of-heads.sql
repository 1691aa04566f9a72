-- Jobs of the same millisecond are never parted by a page's end: the last one's time asks for the next page.
select head from (
  select head, created_at, id from job
  where ($1::text is null or state = $1) and ($2::bigint is null or created_at < $2)
  order by created_at desc
  fetch first $3 rows with ties
) page
order by created_at desc, id
