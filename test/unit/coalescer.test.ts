import { Coalescer } from '../../core/postgres/coalescer';

/** Calls that end when told to; each records what it was asked. */
function stage({
	unknown = [] as number[],
	never = [] as number[],
	failing = null as Error | null,
	apart = false,
} = {}) {
	const groups: number[][] = [];
	const alone: number[] = [];
	const ends: Array<() => void> = [];
	const coalescer = new Coalescer<number, string>({
		together: async (questions) => {
			groups.push([...questions]);
			await new Promise<void>((resolve) => ends.push(resolve));
			if (failing) throw failing;
			return questions.map((question) => (unknown.includes(question) ? null : `all ${question}`));
		},
		alone: async (question) => {
			alone.push(question);
			if (never.includes(question)) await new Promise<never>(() => undefined);
			if (question < 0) throw new Error(`${question} is bad`);
			return `alone ${question}`;
		},
		isOfOne: () => apart,
	});
	const endCall = async (index: number) => {
		while (ends[index] === undefined) await new Promise((resolve) => setImmediate(resolve));
		ends[index]?.();
	};
	return { coalescer, groups, alone, endCall };
}

test('who asks while a call is under way is in the next one, and gets his own answer', async () => {
	const { coalescer, groups, endCall } = stage();
	const first = [coalescer.ask(1), coalescer.ask(2)];
	await endCall(0);
	const later = [coalescer.ask(3), coalescer.ask(4), coalescer.ask(5)];
	expect(await Promise.all(first)).toEqual(['all 1', 'all 2']);
	await endCall(1);
	expect(await Promise.all(later)).toEqual(['all 3', 'all 4', 'all 5']);
	expect(groups).toEqual([
		[1, 2],
		[3, 4, 5],
	]);
});

test('one that is asked by itself is asked alone, and when that takes long, the next ones do not wait for it', async () => {
	const { coalescer, groups, endCall } = stage({ never: [0] });
	void coalescer.ask(0);
	await Promise.resolve();
	await Promise.resolve();
	const next = [coalescer.ask(1), coalescer.ask(2)];
	await endCall(0);
	expect(await Promise.all(next)).toEqual(['all 1', 'all 2']);
	expect(groups).toEqual([[1, 2]]);
});

test('what is asked in one turn goes into one call, a hundred at most', async () => {
	const { coalescer, groups, endCall } = stage();
	const asked = Promise.all(Array.from({ length: 150 }, (_, n) => coalescer.ask(n)));
	await endCall(0);
	await endCall(1);
	expect((await asked)[149]).toBe('all 149');
	expect(groups.map(({ length }) => length)).toEqual([100, 50]);
});

test('one that would have to wait is asked alone, and holds up nobody', async () => {
	const { coalescer, alone, endCall } = stage({ unknown: [2] });
	const asked = [1, 2, 3].map((n) => coalescer.ask(n));
	await endCall(0);
	expect(await Promise.all(asked)).toEqual(['all 1', 'alone 2', 'all 3']);
	expect(alone).toEqual([2]);
});

test('a bad one fails alone', async () => {
	const { coalescer, endCall } = stage({ failing: new Error('one of them'), apart: true });
	const asked = [1, -2, 3].map((n) => coalescer.ask(n));
	await endCall(0);
	const ends = await Promise.allSettled(asked);
	expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('an unknown outcome is told to all and repeated for none: it may have been carried out', async () => {
	const { coalescer, alone, endCall } = stage({ failing: new Error('connection lost') });
	const asked = [1, 2].map((n) => coalescer.ask(n));
	await endCall(0);
	for (const one of asked) await expect(one).rejects.toThrow('connection lost');
	expect(alone).toEqual([]);
	const next = [coalescer.ask(3), coalescer.ask(4)];
	await endCall(1);
	for (const one of next) await expect(one).rejects.toThrow('connection lost');
});
