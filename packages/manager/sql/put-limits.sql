insert into resource (name, most)
select given.* from jsonb_to_recordset($1::jsonb) as given (name text, most integer)
on conflict (name) do update set most = excluded.most
