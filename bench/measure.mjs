/** Middle value; of an even number of values the lower one. */
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

/** How many times a second `pair` runs when each client repeats it for `ms`. */
export async function pairsPerSecond(clients, ms, pair) {
	const startedAt = performance.now();
	let pairs = 0;
	await Promise.all(
		Array.from({ length: clients }, async (_, client) => {
			while (performance.now() - startedAt < ms) {
				await pair(client);
				pairs++;
			}
		}),
	);
	return pairs / ((performance.now() - startedAt) / 1000);
}
