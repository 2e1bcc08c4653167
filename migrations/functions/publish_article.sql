-- Caller: content.publish, inside the work of an execution (S10).
-- Guard: the execution is active in this epoch and the task is one of its unsettled items; the row's share lock keeps an
-- expiry out until we commit. Answer: published | already_published (an earlier attempt had) | stale (nothing written).
create or replace function orchestrator.publish_article(p_execution_id uuid, p_epoch integer, p_task_id bigint, p_idempotency_key text, p_article jsonb)
returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_id bigint;
	v_type text;
begin
	perform assert_read_committed();
	perform 1 from workflow_orchestration where id = p_execution_id and epoch = p_epoch and kind = 'dispatch'
		and status in ('claimed', 'accepted', 'started') for share;
	if not found then return '{"outcome": "stale", "articleId": null}'; end if;
	select workflow_type into v_type from tasks where id = p_task_id and execution_id = p_execution_id and epoch = p_epoch
		and idempotency_key = p_idempotency_key and state in ('claimed', 'running');
	if not found then return '{"outcome": "stale", "articleId": null}'; end if;

	insert into content.articles (workflow_type, idempotency_key, task_id, execution_id, epoch, title, language, category,
		target_keyword, outline, body, word_count, quality_score, provider, model)
	values (v_type, p_idempotency_key, p_task_id, p_execution_id, p_epoch, p_article ->> 'title', p_article ->> 'language',
		p_article ->> 'category', p_article ->> 'targetKeyword', p_article ->> 'outline', p_article ->> 'body',
		(p_article ->> 'wordCount')::integer, (p_article ->> 'qualityScore')::integer, p_article ->> 'provider', p_article ->> 'model')
	on conflict do nothing returning id into v_id;
	if found then return jsonb_build_object('outcome', 'published', 'articleId', v_id::text); end if;
	select id into v_id from content.articles where workflow_type = v_type and idempotency_key = p_idempotency_key;
	return jsonb_build_object('outcome', 'already_published', 'articleId', v_id::text);
end $$;
