import {
	HEARTBEAT_INTERVAL_SECONDS,
	nearestSlot,
	type RunPort,
	SLOT_LEASE_SECONDS,
	type SlotAnswer,
} from '../../../core';
import { after } from './clock';
import type { FakeHeartbeat, World } from './world';

/** S13: the nearest boundary has one owner; an unfinished one whose lease ran out may be taken over. */
export function takeSlot(world: World, request: Parameters<RunPort['takeSlot']>[0]): SlotAnswer {
	const { owner, localTime } = request;
	const { intervalSeconds = HEARTBEAT_INTERVAL_SECONDS, leaseSeconds = SLOT_LEASE_SECONDS } = request;
	const now = world.now();
	const { slotKey, slotAt, deviationMs } = nearestSlot(now, intervalSeconds);
	const earlier = world.heartbeats.get(slotKey);
	if (earlier?.finishedAt) return { won: false, slotKey, slotAt, reason: 'already_finished' };
	if (earlier && earlier.leaseUntil > now) return { won: false, slotKey, slotAt, reason: 'held_by_other' };
	const leaseUntil = after(now, leaseSeconds);
	const epoch = (earlier?.epoch ?? 0) + 1;
	const taken: FakeHeartbeat = { slotKey, owner, epoch, leaseUntil, finishedAt: null, runId: null };
	world.heartbeats.set(slotKey, taken);
	const clockSkewMs = localTime.getTime() - now.getTime();
	return { won: true, slot: { slotKey, slotAt, epoch, leaseUntil, deviationMs, clockSkewMs } };
}
