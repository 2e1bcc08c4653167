-- Caller: bury_task. Promise: a stable name for a group of errors: the code and the message without what differs from one
-- to the next: addresses, ids, times and numbers.
create or replace function orchestrator.failure_cause(p_code text, p_message text) returns text
language sql immutable parallel safe as $$
	select p_code || ': ' || left(btrim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(left(p_message, 2000),
		'[a-z][a-z0-9+.-]*://[^\s"''<>]+', '<url>', 'gi'),
		'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', '<id>', 'gi'),
		-- Long words with a digit in them: request ids, hashes, keys of tasks.
		'\m(?=\w*\d)(?=\w*[a-z])[\w-]{12,}', '<id>', 'gi'),
		'\d+([.,:]\d+)*', '<n>', 'g'),
		'\s+', ' ', 'g')), 200);
$$;
