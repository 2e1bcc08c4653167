import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWorkflows, type WorkflowFile } from '../../host/workflow-file';
import { runCommand } from './command-line';

const SAMPLES = join(__dirname, '..', '..', 'workflows', 'legacy');

/** What an operator sets: the address in the Settings node, the pace there, and the clock. */
export interface Adjustment {
	baseUrl: string;
	msBetweenRequests: number;
	cron: string;
}

/** Writes the committed samples with these three changes, and nothing else changed, into a folder. */
export async function writeSamples(folder: string, { cron, ...settings }: Adjustment): Promise<void> {
	await mkdir(folder, { recursive: true });
	for (const { key, workflow } of await readWorkflows(SAMPLES)) {
		for (const node of workflow.nodes) {
			if (node.type.endsWith('.scheduleTrigger')) {
				node.parameters = { rule: { interval: [{ field: 'cronExpression', expression: cron }] } };
			}
			if (node.name === 'Settings') set(node, settings);
		}
		await writeFile(join(folder, `${key}.json`), `${JSON.stringify(workflow, null, 2)}\n`);
	}
}

function set(node: WorkflowFile['nodes'][number], values: Record<string, string | number>): void {
	const { assignments } = node.parameters as {
		assignments: { assignments: Array<{ name: string; value: unknown }> };
	};
	const known = assignments.assignments;
	for (const [name, value] of Object.entries(values)) {
		const field = known.find((each) => each.name === name);
		if (field === undefined) throw new Error(`the Settings node has no field ${name}`);
		field.value = value;
	}
}

/** Runs the shipped command on every file of a folder, as an operator types it; answers what it printed. */
export async function wrapFolder(from: string, to: string, options: readonly string[]): Promise<string> {
	const files = await readdir(from);
	const ran = await runCommand(['wrap', ...files, ...options, '--out', to], { cwd: from });
	if (ran.status !== 0) throw new Error(`wrap ended with ${ran.status}: ${ran.stdout}${ran.stderr}`);
	return ran.stdout;
}
