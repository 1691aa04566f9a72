insert into frame (job, frame, state, failures, worker, digest, size, seconds, memory, at)
select given.*
from jsonb_to_recordset($1::jsonb) as given (
  job text, frame integer, state text, failures smallint, worker text, digest text, size bigint,
  seconds double precision, memory double precision, at bigint
)
on conflict (job, frame) do update set
  state = excluded.state,
  failures = excluded.failures,
  worker = excluded.worker,
  digest = excluded.digest,
  size = excluded.size,
  seconds = excluded.seconds,
  memory = excluded.memory,
  at = excluded.at
