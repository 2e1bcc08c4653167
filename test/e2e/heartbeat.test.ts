import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { startStage, type Stage } from '../support/stage';
import { until } from '../support/verdict';

const SLOT_SECONDS = 10;
let stage: Stage;
let db: Client;

beforeAll(async () => {
	stage = await startStage('heartbeat');
	db = await stage.connect();
	for (const name of ['Heartbeat A', 'Heartbeat B']) await stage.publish(quickHeartbeat(name));
}, 240_000);

afterAll(async () => {
	await db?.end();
	await stage?.stop();
}, 60_000);

test('of two heartbeats at the same moment one wins the slot and the other ends quietly', async () => {
	const finished = await until(
		'three slots were finished',
		async () => {
			const { rows } = await db.query<{ slot_key: string; run_id: string; status: string }>(
				`select h.slot_key, h.run_id, r.status from orchestrator.heartbeats h
				 join orchestrator.workflow_orchestration r on r.id = h.run_id where h.finished_at is not null order by h.slot_at`,
			);
			return rows.length >= 3 && rows;
		},
		90_000,
	);
	expect(finished.map((slot) => slot.status)).toEqual(finished.map(() => 'COMPLETED'));

	const runs = await db.query<{ slot_key: string; runs: number }>(
		`select slot_key, count(*)::int as runs from orchestrator.workflow_orchestration where run_kind = 'heartbeat' group by slot_key`,
	);
	expect(runs.rows.every((slot) => slot.runs === 1)).toBe(true);

	const executions = await until(
		'both heartbeats of each slot have ended in n8n',
		async () => {
			const { rows } = await stage.n8nDatabase.query<{ status: string; count: number }>(
				`select e.status, count(*)::int as count from execution_entity e join workflow_entity w on w.id = e."workflowId"
				 where w.name like 'Heartbeat %' and e.status in ('success', 'error', 'crashed') group by e.status`,
			);
			return rows.reduce((sum, { count }) => sum + count, 0) >= 2 * finished.length - 1 && rows;
		},
		30_000,
	);
	expect(executions.map(({ status }) => status)).toEqual(['success']);
}, 120_000);

interface WorkflowFile {
	name: string;
	nodes: { name: string; type: string; parameters: Record<string, unknown>; webhookId?: string }[];
	connections: Record<string, unknown>;
	settings: Record<string, unknown>;
}

/** The Master Orchestrator with a ten-second heartbeat, without its other triggers, keeping its history for the count. */
function quickHeartbeat(name: string): WorkflowFile {
	const file = join(__dirname, '..', '..', 'workflows', 'phase-2', 'master-orchestrator.json');
	const master = JSON.parse(readFileSync(file, 'utf8')) as WorkflowFile;
	const dropped = new Set(
		['callbackReceiver', 'orchestratorTrigger'].map((type) => `n8n-nodes-master-orchestrator.${type}`),
	);
	const nodes = master.nodes
		.filter((node) => !dropped.has(node.type))
		.map((node) => {
			if (node.type === 'n8n-nodes-base.scheduleTrigger') {
				const interval = [{ field: 'cronExpression', expression: `*/${SLOT_SECONDS} * * * * *` }];
				return { ...node, parameters: { ...node.parameters, rule: { interval } } };
			}
			if (node.parameters.operation === 'takeSlot') {
				return { ...node, parameters: { ...node.parameters, intervalMinutes: SLOT_SECONDS / 60 } };
			}
			return node;
		});
	const kept = new Set(nodes.map((node) => node.name));
	const connections = Object.fromEntries(
		Object.entries(master.connections).filter(([from]) => kept.has(from)),
	);
	return {
		...master,
		name,
		nodes,
		connections,
		settings: { ...master.settings, saveDataSuccessExecution: 'all' },
	};
}
