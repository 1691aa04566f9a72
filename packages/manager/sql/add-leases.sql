insert into lease (id, job, worker, kind, frames, granted_at)
select given.*
from jsonb_to_recordset($1::jsonb) as given (id text, job text, worker text, kind text, frames text, granted_at bigint)
