import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ForeignWorkflow } from '../../generator/wrap';
import { refusalCodes } from './wrap-fixtures';

const FOLDER = join(__dirname, 'fixtures');

/** Each one ran differently with a lock on n8n’s engine, was found by test/property/wrap.test.ts, and is refused since. */
test.each(readdirSync(FOLDER))('%s is refused: one branch would overtake another', (file) => {
	const { workflow, expect: expected } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as {
		workflow: ForeignWorkflow;
		expect: { guard: boolean; code: string };
	};
	expect(refusalCodes(workflow, { guard: expected.guard })).toContain(expected.code);
	const current = { ...workflow, settings: { executionOrder: 'v1' } };
	expect(refusalCodes(current, { guard: expected.guard })).toEqual(['wrapped']);
});
