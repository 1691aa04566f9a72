select at, by, address as "from", what, job, worker, detail from change
where ($1::text is null or job = $1) and ($2::text is null or worker = $2)
order by id desc
limit $3
