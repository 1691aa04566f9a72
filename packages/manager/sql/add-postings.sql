-- One posting for each webhook that wants to hear of it; none while nobody does.
insert into posting (webhook, event, notice, at, due_at)
select webhook.id, given.event, given.notice, given.at, given.at
from jsonb_to_recordset($1::jsonb) as given (event text, at bigint, notice jsonb)
join webhook on webhook.events ? given.event
