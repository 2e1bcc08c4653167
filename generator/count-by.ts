/** “2 queued, 1 running”: how many there are of each, in the order in which they first come. */
export function countBy(labels: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
	return [...counts].map(([label, count]) => `${count} ${label}`).join(', ');
}
