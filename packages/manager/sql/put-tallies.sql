update worker set frames_done = given.frames_done
from jsonb_to_recordset($1::jsonb) as given (id text, frames_done bigint)
where worker.id = given.id
