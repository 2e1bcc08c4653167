/** The heartbeat's default distance: every five minutes (requirement 1.1). */
export const HEARTBEAT_INTERVAL_SECONDS = 300;
/** A winner that vanished blocks its slot no longer than this. */
export const SLOT_LEASE_SECONDS = 60;
/** From this difference between process and database clock on, a warning is due. */
export const CLOCK_SKEW_WARNING_MS = 1000;

export interface SlotBoundary {
	slotKey: string;
	slotAt: Date;
	/** Database time minus boundary; at most half an interval either way. */
	deviationMs: number;
}

/** S13: the boundary *nearest* to database time. Flooring would refuse every heartbeat when that clock is 50 ms behind. */
export function nearestSlot(databaseNow: Date, intervalSeconds: number): SlotBoundary {
	const intervalMs = intervalSeconds * 1000;
	const slotAt = new Date(Math.round(databaseNow.getTime() / intervalMs) * intervalMs);
	return {
		slotKey: `heartbeat:${intervalSeconds}:${slotAt.toISOString().slice(0, 19)}Z`,
		slotAt,
		deviationMs: databaseNow.getTime() - slotAt.getTime(),
	};
}
