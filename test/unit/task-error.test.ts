import { readTaskError, taskErrorOf } from '../../nodes/shared/task-error';
import { CANARY, SECRETS } from '../support/secret-cases';

const otherwise = 'nothing was said';

test.each(SECRETS)('an error with %s leaves n8n without it', (_what, value) => {
	// What stands in a list or an object is known by its name as long as it is one.
	const text = typeof value === 'string' ? value : `see password=${CANARY}`;
	const node = { name: 'HTTP', parameters: { body: value, password: CANARY } };
	const error = { message: text, stack: `Error: ${text}\n    at f (a.js:1:1)`, node };
	expect(JSON.stringify(taskErrorOf(error, { otherwise }))).not.toContain(CANARY);
	expect(JSON.stringify(readTaskError({ error: text }))).not.toContain(CANARY);
});

test('message, code, stack, node and its parameters are kept; what the error says wins over the notes', () => {
	const node = { name: 'HTTP', parameters: { url: 'http://a', size: 3 } };
	expect(
		taskErrorOf({ message: ' no ', code: 7, stack: 'Error: no', node }, { code: 'X', node: 'Y', otherwise }),
	).toEqual({
		message: 'no',
		code: '7',
		stack: 'Error: no',
		node: 'HTTP',
		parameters: { url: 'http://a', size: 3 },
	});
	expect(taskErrorOf(undefined, { code: 'X', node: 'Y', otherwise })).toEqual({
		message: otherwise,
		code: 'X',
		node: 'Y',
	});
});

test('a secret at the bound of a long text is removed before the text is cut', () => {
	const { message } = taskErrorOf(`${'x '.repeat(990)}password=${CANARY}${'y'.repeat(5000)}`, { otherwise });
	expect(message.length).toBeLessThanOrEqual(2000);
	expect(message).not.toContain(CANARY.slice(0, 6));
});

test('parameters beyond the bound are told by their size', () => {
	const node = { name: 'Code', parameters: { code: 'x'.repeat(20_000) } };
	expect(taskErrorOf({ message: 'no', node }, { otherwise }).parameters).toEqual({
		omitted: '20011 characters',
	});
});
