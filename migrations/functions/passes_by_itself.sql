-- Caller: what goes on after an error of one item: recovery, successors.
-- Answer: true = the error is no fault of the item (connection, deadlock, resources, lock, shutdown, the server itself): the
-- whole call is to fail, and to come again.
create or replace function orchestrator.passes_by_itself(p_sqlstate text) returns boolean
language sql immutable parallel safe as $$
	select left(p_sqlstate, 2) in ('08', '40', '53', '55', '57', '58', 'XX');
$$;
