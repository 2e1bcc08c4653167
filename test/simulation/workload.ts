import type { Script, SimulatedTask } from './messages';

/** A small seeded generator (Tommy Ettinger's mulberry32): uniform in [0, 1). */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

export function task(
	key: string,
	behaviour: Partial<Script> = {},
	overrides: Partial<SimulatedTask> & { contentType?: string } = {},
): SimulatedTask {
	const { contentType = 'guide', ...rest } = overrides;
	return {
		workflowType: 'articles',
		idempotencyKey: key,
		...rest,
		input: { content_type: contentType, script: { ...behaviour } },
	};
}

/**
 * Tasks of both types, two fair keys each, one of them urgent, whose sub-workflows misbehave in every way that there is. More
 * articles than audits: alone at the end, no share holds the articles below their type's cap.
 */
export function troubledTasks(count: number, seed: number): SimulatedTask[] {
	const random = seeded(seed);
	const chance = (part: number) => random() < part;
	return Array.from({ length: count }, (_, index) => {
		const urgent = chance(0.6);
		return task(
			`key-${seed}-${index}`,
			{
				workMs: Math.floor(random() * 15),
				fails: chance(0.2) ? 1 + Math.floor(random() * 2) : 0,
				stallsMs: chance(0.12) ? 650 + Math.floor(random() * 700) : 0,
				silent: chance(0.03),
				twice: chance(0.2),
				piecemeal: chance(0.3),
				repeats: chance(0.2),
			},
			{
				workflowType: chance(0.35) ? 'audits' : 'articles',
				priority: (urgent ? 6 : 1) + Math.floor(random() * 5),
				contentType: urgent ? 'news' : 'guide',
			},
		);
	});
}
