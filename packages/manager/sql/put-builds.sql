insert into build (version, platform, build)
select given.*
from jsonb_to_recordset($1::jsonb) as given (version text, platform text, build jsonb)
on conflict (version, platform) do update set build = excluded.build
