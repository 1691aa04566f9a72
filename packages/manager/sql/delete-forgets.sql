delete from forget using jsonb_to_recordset($1::jsonb) as given (frame_server text, job text)
where forget.frame_server = given.frame_server and forget.job = given.job
