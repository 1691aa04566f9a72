insert into frame_server (id, hello, host)
select given.*
from jsonb_to_recordset($1::jsonb) as given (id text, hello jsonb, host text)
on conflict (id) do update set hello = excluded.hello, host = excluded.host
