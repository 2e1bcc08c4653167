-- Caller: handle_anomalies; an operator in psql. Reads only; every detector but the deep one reads a small index.
-- p_deep also looks through all tasks for one that no active execution holds, which only a hand in the tables can make.
-- Answer: what is wrong now, at most p_limit of each kind; nothing = the normal case. Guard: none.
create or replace function orchestrator.find_anomalies(p_deep boolean default false, p_limit integer default 100)
returns table (kind text, entity text, entity_id text, detail jsonb)
language sql stable set search_path = orchestrator, pg_temp set enable_seqscan = off as $$
	(select 'slot_without_execution', 'slot', s.slot_no::text, jsonb_build_object('executionId', s.execution_id, 'status', e.status)
		from execution_slots s left join workflow_orchestration e on e.id = s.execution_id
		where s.execution_id is not null and (e.lease_until is null or e.kind <> 'dispatch') limit p_limit)
	union all
	(select 'execution_without_slot', 'execution', e.id::text, jsonb_build_object('status', e.status, 'slot', e.slot_no)
		from workflow_orchestration e
		where e.lease_until is not null and e.kind || '' = 'dispatch' -- by the index of the leases, whatever statistics say
			and not exists (select 1 from execution_slots s where s.execution_id = e.id) limit p_limit)
	union all
	(select 'task_without_execution', 'task', t.id::text, jsonb_build_object('executionId', t.execution_id, 'status', e.status, 'state', t.state)
		from tasks t left join workflow_orchestration e on e.id = t.execution_id
		where p_deep and t.state in ('claimed', 'running') and (e.lease_until is null or e.epoch <> t.epoch) limit p_limit)
	union all
	(select 'clock_backwards', 'clock', 'database', jsonb_build_object('aheadSeconds', round(extract(epoch from latest.at - clock_timestamp()), 3))
		from (select max(stamp.at) as at from (
			select max(last_at) as at from workflow_orchestration where lease_until is not null
			union all select max(last_at) from heartbeats where finished_at is null
			union all (select finished_at from heartbeats where finished_at is not null order by slot_at desc limit 1)
			union all select max(greatest(looks_from_at, looked_back_at)) from fair_keys
			union all (select created_at from tasks order by id desc limit 1)) stamp) latest
		where latest.at > clock_timestamp() + interval '1 second')
	union all
	(select 'missed_heartbeats', 'heartbeat', h.slot_key, jsonb_build_object('lastSlotAt', h.slot_at, 'intervalSeconds', h.interval_seconds,
			'missed', floor(extract(epoch from clock_timestamp() - h.slot_at) / h.interval_seconds))
		from (select * from heartbeats where finished_at is not null order by slot_at desc limit 1) h
		where clock_timestamp() - h.slot_at > 2 * make_interval(secs => h.interval_seconds))
	union all
	(select 'zombie', 'execution', z.execution_id::text, to_jsonb(z) from find_zombies(p_limit => p_limit) z)
	union all
	(select 'unsettled_receipt', 'receipt', r.webhook_id, jsonb_build_object('executionId', r.execution_id, 'receivedAt', r.received_at)
		from callback_receipts r where r.outcome = 'pending' and r.received_at < clock_timestamp() - interval '60 seconds' limit p_limit);
$$;
