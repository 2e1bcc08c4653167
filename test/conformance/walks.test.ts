import fc from 'fast-check';
import { FakeHouse } from './fake-house';
import { PostgresHouse } from './postgres-house';
import { MOVES, type Step, Walker } from './walker';

const moves = Object.keys(MOVES).filter((name): name is Step['move'] => name in MOVES);
const step: fc.Arbitrary<Step> = fc.record({
	// Without tasks and executions the other moves find nothing to do.
	move: fc.constantFrom(...moves, 'enqueue', 'claim', 'accept', 'start'),
	n: fc.nat(9),
	m: fc.nat(9),
});

/** Fixed: equal ages in one house may differ by what a call takes in the other, which is not what this test is about. */
const SEED = 20_261_121;

test('whatever is done in whatever order, both stores answer alike, and show alike what has become of it', async () => {
	const houses = [await FakeHouse.open(), await PostgresHouse.open()] as const;
	const [memory, postgres] = houses;
	try {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40, size: 'max' }), async (walk) => {
				for (const house of houses) await house.reset();
				const [model, real] = [new Walker(memory), new Walker(postgres)];
				for (const each of walk) {
					expect({ ...each, answer: await real.take(each) }).toEqual({
						...each,
						answer: await model.take(each),
					});
					// What comes later is later there, too.
					await memory.pass(0.005);
				}
				expect(await real.seen()).toEqual(await model.seen());
			}),
			{ numRuns: 20, seed: SEED },
		);
	} finally {
		for (const house of houses) await house.close();
	}
}, 240_000);
