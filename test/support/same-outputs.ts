import type { ForeignWorkflow } from '../../generator/wrap';
import { type ExecutionRecord, happeningsOf, itemsFrom } from './execution-record';
import type { LockStage } from './lock-stage';
import {
	ORDERS,
	type Order,
	pricingWorkflow,
	realisticWorkflow,
	twoTriggersOneMerge,
} from './realistic-workflow';
import { until } from './verdict';

/** The same workflow as it is and wrapped in its place: what each did, from n8n's own records. */
interface Pair {
	bare: ExecutionRecord;
	locked: ExecutionRecord;
}

/** Caller and called workflow, both wrapped in one lock: the called one runs under its caller's. */
export async function expectTheSameItems(locks: LockStage, order: Order): Promise<void> {
	const [name, called, lock] = [`Orders ${order}`, `Pricing ${order}`, `orders-${order}`];
	const pricing = pricingWorkflow(called, order);
	const calls = await locks.publishAny(pricing);
	const orders = realisticWorkflow(name, {
		order,
		calls,
		answering: `${locks.witness.url}/job/asked/1?ms=0`,
	});
	await locks.publishAny(orders);
	const bare = await run(locks, name, (record) => !hasLock(record));
	const bareCall = await locks.untilRecorded(called);
	await locks.publishAny(pricing, { lock, onBusy: { called: 'wait' } });
	// With --guard the lock also stands between nodes, and lets several items through; order v0 with branches refuses that.
	await locks.publishAny(orders, { lock, guard: order === 'v1', others: [{ ...pricing, id: calls }] });
	const locked = await run(locks, name, hasLock);
	const lockedCall = await locks.untilRecorded(called);

	expectTheWorkflowToShowSomething(bare);
	expectTheSame({ bare, locked }, orders);
	expectTheSame({ bare: bareCall, locked: lockedCall }, pricing);
	expect(itemsFrom(lockedCall, 'Lock')).not.toEqual([]);
	expect(itemsFrom(locked, 'Make Sure')).toHaveLength(order === 'v1' ? 5 : 0);
	expect(locked.workflowData.settings?.executionOrder).toBe(order === 'v0' ? undefined : 'v1');
	await locks.untilOpen(lock);
}

/** In order v0 n8n runs the other trigger's branch too, the lock in it included. */
export async function expectTheSameBranches(locks: LockStage, order: Order): Promise<void> {
	const name = `Two Triggers ${order}`;
	const workflow = twoTriggersOneMerge(name, order);
	await locks.publishAny(workflow);
	const bare = await run(locks, name, (record) => !hasLock(record));
	await locks.publishAny(workflow, { lock: name });
	const locked = await run(locks, name, hasLock);
	expect('From Hand' in bare.data.resultData.runData).toBe(order === 'v0');
	expectTheSame({ bare, locked }, workflow);
	await locks.untilOpen(name);
}

/** Publishing takes effect a moment later: fires until the wanted version ran. */
async function run(
	locks: LockStage,
	name: string,
	wanted: (record: ExecutionRecord) => boolean,
): Promise<ExecutionRecord> {
	return await until(
		`the wanted version of “${name}” ran`,
		async () => {
			await locks.fire(name, ORDERS);
			const record = await locks.untilRecorded(name);
			const { error } = record.data.resultData;
			if (error !== undefined) throw new Error(`“${name}” failed: ${JSON.stringify(error).slice(0, 500)}`);
			return wanted(record) && record;
		},
		60_000,
	);
}

const hasLock = (record: ExecutionRecord) => 'Lock' in record.data.resultData.runData;

function expectTheSame({ bare, locked }: Pair, { nodes }: ForeignWorkflow): void {
	const own = new Set(nodes.map(({ name }) => name));
	const happened = happeningsOf(bare, (name) => own.has(name));
	expect(happened.length).toBeGreaterThan(1);
	expect(happeningsOf(locked, (name) => own.has(name))).toEqual(happened);
	expect(locked.status).toBe(bare.status);
}

/** Else the comparison would compare nothing: both ways out of the request, a loop, files and both inputs of the Merge. */
function expectTheWorkflowToShowSomething(record: ExecutionRecord): void {
	expect(itemsFrom(record, 'Ask', 0)).toHaveLength(3);
	expect(itemsFrom(record, 'Ask', 1)).toHaveLength(2);
	expect(itemsFrom(record, 'Price').map(({ json }) => json.price)).toEqual(['10', '30', '50']);
	expect(record.data.resultData.runData.Loop?.length).toBe(4);
	expect(itemsFrom(record, 'To File').every(({ binary }) => binary?.data !== undefined)).toBe(true);
	expect(itemsFrom(record, 'Read Back').map(({ json }) => json.read)).toEqual(['10', '30', '50']);
	expect(itemsFrom(record, 'Together')[4]?.json).toEqual({ id: 5, label: 'north-5', due: '35' });
}
