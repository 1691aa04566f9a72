select head -> 'scene' ->> 'manifest' as manifest from job
union
select build ->> 'manifest' from build
union
select head -> 'film' -> 'settings' -> 'sound' ->> 'file' from job where head -> 'film' -> 'settings' -> 'sound' ->> 'file' is not null
union
select head -> 'probe' -> 'mix' ->> 'manifest' from job where head -> 'probe' -> 'mix' ->> 'manifest' is not null
