insert into change (at, by, address, what, job, worker, detail)
select given.*
from jsonb_to_recordset($1::jsonb)
  as given (at bigint, by text, "from" text, what text, job text, worker text, detail jsonb)
