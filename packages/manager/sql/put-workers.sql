insert into worker (id, hello, draining, frames_done, settings, sick)
select given.*
from jsonb_to_recordset($1::jsonb) as given (
  id text, hello jsonb, draining boolean, frames_done bigint, settings jsonb, sick jsonb
)
on conflict (id) do update set
  hello = excluded.hello,
  draining = excluded.draining,
  frames_done = excluded.frames_done,
  settings = excluded.settings,
  sick = excluded.sick
