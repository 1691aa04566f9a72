update lease set frames = given.frames
from jsonb_to_recordset($1::jsonb) as given (id text, frames text)
where lease.id = given.id
