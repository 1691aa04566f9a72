select head -> 'scene' ->> 'manifest' as manifest from job
union
select build ->> 'manifest' from build
