import { PassThrough } from 'node:stream';
import { consent } from '../../generator/consent';

function terminal(tty = true) {
	const input = Object.assign(new PassThrough(), { isTTY: tty });
	const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true });
	return { input, output };
}

test.each([
	['y', true],
	['Yes', true],
	['n', false],
	['', false],
	['yesterday', false],
])('%j is the answer %p', async (answer, expected) => {
	const { input, output } = terminal();
	input.write(`${answer}\n`);
	expect(await consent('3 tasks would be cancelled.', false, { input, output })).toBe(expected);
	expect(output.read()).toContain('3 tasks would be cancelled. Go on? [y/N] ');
});

test('the end of the input is a no', async () => {
	const { input, output } = terminal();
	input.end();
	expect(await consent('3 tasks would be cancelled.', false, { input, output })).toBe(false);
});

test('--yes is not asked, and without a terminal nothing is guessed', async () => {
	const { input, output } = terminal(false);
	expect(await consent('3 tasks would be cancelled.', true, { input, output })).toBe(true);
	await expect(consent('3 tasks would be cancelled.', false, { input, output })).rejects.toThrow(
		'3 tasks would be cancelled. Nobody can be asked',
	);
	expect(output.read()).toBeNull();
});
