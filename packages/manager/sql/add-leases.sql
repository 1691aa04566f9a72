insert into lease (id, job, worker, kind, frames, granted_at, is_double)
select given.*
from jsonb_to_recordset($1::jsonb) as given (
  id text, job text, worker text, kind text, frames text, granted_at bigint, is_double boolean
)
