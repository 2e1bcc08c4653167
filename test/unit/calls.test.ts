import { writeNewTasks, inParts, MAX_BYTES_PER_CALL, MAX_TASKS_PER_CALL, shareOfCall } from '../../core';

const tasks = (count: number, characters = 1) =>
	Array.from({ length: count }, () => ({ workflowType: 't', input: { text: 'x'.repeat(characters) } }));
const sizes = (parts: unknown[][]) => parts.map(({ length }) => length);

test('small tasks are cut by their number', () => {
	expect(sizes(inParts(tasks(MAX_TASKS_PER_CALL), shareOfCall))).toEqual([MAX_TASKS_PER_CALL]);
	expect(sizes(inParts(tasks(2 * MAX_TASKS_PER_CALL + 1), shareOfCall))).toEqual([
		MAX_TASKS_PER_CALL,
		MAX_TASKS_PER_CALL,
		1,
	]);
	expect(inParts([], shareOfCall)).toEqual([]);
});

test('large ones by their size, and each part is what one call takes', () => {
	const large = tasks(400, 200_000);
	const parts = inParts(large, shareOfCall);
	expect(sizes(parts)).toEqual([167, 167, 66]);
	expect(parts.flat()).toEqual(large);
	for (const part of parts) expect(() => writeNewTasks(part)).not.toThrow();
	expect(() => writeNewTasks(large)).toThrow(
		`These 400 tasks have 80004400 bytes together, at most ${MAX_BYTES_PER_CALL} are allowed in one call.`,
	);
});

test('order stands, and what is more than a whole stands alone', () => {
	expect(inParts([0.5, 0.5, 0.2, 3, 0.9, 0.1], (share) => share)).toEqual([
		[0.5, 0.5],
		[0.2],
		[3],
		[0.9, 0.1],
	]);
});
