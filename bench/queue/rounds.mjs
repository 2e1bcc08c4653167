import { median } from '../measure.mjs';

/**
 * Lets every party take its turn in every round, so that whatever else the machine does hits all of them; the order
 * turns around each time. The first round warms up and is thrown away. Answers, per party, one value a round.
 */
export async function takeTurns(parties, { rounds, onRound = () => undefined }) {
	const seen = Object.fromEntries(Object.keys(parties).map((name) => [name, []]));
	for (let round = 0; round <= rounds; round++) {
		onRound(round, rounds);
		const order = Object.entries(parties);
		if (round % 2 === 1) order.reverse();
		for (const [name, turn] of order) {
			const value = await turn();
			if (round > 0) seen[name].push(value);
		}
	}
	return seen;
}

/** Milliseconds of each of `times` calls; what `between` does is not timed. */
export async function timesOf(times, work, between = async () => undefined) {
	const samples = [];
	for (let n = 0; n < times; n++) {
		const startedAt = performance.now();
		const result = await work(n);
		samples.push(performance.now() - startedAt);
		await between(result);
	}
	return samples;
}

/** Units a second of `clients` at once for `ms`; `work` answers how many units it did, 0 = nothing is left. */
export async function ratePerSecond(clients, ms, work) {
	const startedAt = performance.now();
	let units = 0;
	await Promise.all(
		Array.from({ length: clients }, async (_, client) => {
			while (performance.now() - startedAt < ms) {
				const done = await work(client);
				if (done === 0) return;
				units += done;
			}
		}),
	);
	if (units === 0) throw new Error('a party did nothing: its queue was empty from the start');
	return units / ((performance.now() - startedAt) / 1000);
}

/** The value that a share of all values does not exceed. */
export function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Median of the rounds' ratios, and the smallest and largest of them: both sides of a ratio come from one round. */
export function ratioOf(own, other) {
	const ratios = own.map((value, round) => value / other[round]);
	return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}
