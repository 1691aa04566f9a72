delete from build
using jsonb_to_recordset($1::jsonb) as given (version text, platform text)
where build.version = given.version and build.platform = given.platform
