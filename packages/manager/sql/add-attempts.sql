insert into attempt (job, frame, at, worker, seconds, memory, outcome, problem, log)
select given.*
from jsonb_to_recordset($1::jsonb) as given (
  job text, frame integer, at bigint, worker text, seconds double precision, memory double precision,
  outcome text, problem jsonb, log text
)
