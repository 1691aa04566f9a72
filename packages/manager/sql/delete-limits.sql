delete from resource using jsonb_to_recordset($1::jsonb) as given (name text)
where resource.name = given.name
