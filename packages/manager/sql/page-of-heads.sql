select head from job
where ($1::text is null or state = $1) and ($2::bigint is null or created_at < $2)
order by created_at desc, id
limit $3
