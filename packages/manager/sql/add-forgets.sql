insert into forget (frame_server, job)
select given.* from jsonb_to_recordset($1::jsonb) as given (frame_server text, job text)
on conflict do nothing
