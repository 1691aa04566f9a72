insert into minute (at, frames, bytes, busy, slots) values ($1, $2, $3, $4, $5)
on conflict (at) do update
set frames = minute.frames + excluded.frames, bytes = minute.bytes + excluded.bytes,
  busy = excluded.busy, slots = excluded.slots
