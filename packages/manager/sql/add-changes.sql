insert into change (at, by, what, job, worker, detail)
select given.*
from jsonb_to_recordset($1::jsonb) as given (at bigint, by text, what text, job text, worker text, detail jsonb)
