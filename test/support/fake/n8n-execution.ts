/** Ids are unique only inside one n8n; what runs in an unknown one is found by any. */
export function runsIn(
	row: { n8nExecutionId: string | null; n8nInstance: string | null },
	id: string,
	instance: string | undefined,
): boolean {
	return row.n8nExecutionId === id && mayRunIn(row, instance);
}

export function mayRunIn(row: { n8nInstance: string | null }, instance: string | null | undefined): boolean {
	return row.n8nInstance === null || row.n8nInstance === instance;
}
