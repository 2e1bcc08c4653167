-- An enqueue says in which state the task is that has the key already: a dead one stands for the new one for ever.
-- serves-code-from: 9

-- Its answer has one column more, which only a new function can have.
drop function if exists orchestrator.enqueue_tasks(jsonb);
