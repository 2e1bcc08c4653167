/** A directed edge between two keys. */
export interface Arc {
	from: string;
	to: string;
}

/** Arcs that close a loop, found by a depth-first walk in the given order; without them the graph has no cycle. */
export function loopArcs(keys: readonly string[], arcs: readonly Arc[]): Set<Arc> {
	const open = new Set<string>();
	const done = new Set<string>();
	const loops = new Set<Arc>();
	const walk = (key: string): void => {
		open.add(key);
		for (const arc of arcs) {
			if (arc.from !== key) continue;
			if (open.has(arc.to)) loops.add(arc);
			else if (!done.has(arc.to)) walk(arc.to);
		}
		open.delete(key);
		done.add(key);
	};
	for (const key of keys) if (!done.has(key)) walk(key);
	return loops;
}

/** Column of each key: one right of its rightmost predecessor, and not left of `least`. Loops are left out. */
export function longestPathRanks(
	keys: readonly string[],
	arcs: readonly Arc[],
	least: (key: string) => number,
): Map<string, number> {
	const loops = loopArcs(keys, arcs);
	const forward = arcs.filter((arc) => !loops.has(arc));
	const ranks = new Map<string, number>();
	const rankOf = (key: string): number => {
		const known = ranks.get(key);
		if (known !== undefined) return known;
		const before = forward.filter((arc) => arc.to === key).map((arc) => rankOf(arc.from) + 1);
		const rank = Math.max(least(key), ...before);
		ranks.set(key, rank);
		return rank;
	};
	for (const key of keys) rankOf(key);
	return ranks;
}

/** Everything that can be reached from the starts, themselves included. */
export function reachable(starts: readonly string[], arcs: readonly Arc[]): Set<string> {
	const seen = new Set(starts);
	const waiting = [...starts];
	for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
		for (const arc of arcs) {
			if (arc.from !== key || seen.has(arc.to)) continue;
			seen.add(arc.to);
			waiting.push(arc.to);
		}
	}
	return seen;
}
