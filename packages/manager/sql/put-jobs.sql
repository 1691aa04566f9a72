insert into job (id, created_at, state, head)
select id, created_at, state, head
from jsonb_to_recordset($1::jsonb) as given (id text, created_at bigint, state text, head jsonb)
on conflict (id) do update set state = excluded.state, head = excluded.head
