import { setTimeout as pause } from 'node:timers/promises';
import type { IDataObject, IRun, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { z } from 'zod/v4';
import { openOrchestrator } from '../shared/orchestrator';
import { WakeUpLoop, type WakeUpReason } from './wake-up-loop';

/**
 * As long as a dispatch lease, so longer than any delivery. A pass that takes longer, or whose end n8n never tells, is
 * not waited for any further: the next one may begin, the database keeps both apart.
 */
const LONGEST_PASS_MS = 30_000;

const parameters = z.object({
	pollSeconds: z.number().min(1).max(300),
	options: z.object({ minimumGapMs: z.number().int().min(0).max(60_000).default(200) }).prefault({}),
});

/** Published: listens until unpublished. In the editor: emits one item and listens to nothing. */
export async function startWakeUps(host: ITriggerFunctions): Promise<ITriggerResponse> {
	if (host.getMode() === 'manual') {
		return { manualTriggerFunction: async () => host.emit([[{ json: wakeUpItem(host, ['start']) }]]) };
	}
	const { pollSeconds, options } = parameters.parse({
		pollSeconds: host.getNodeParameter('pollSeconds'),
		options: host.getNodeParameter('options', {}),
	});
	const orchestrator = await openOrchestrator(host);
	const loop = new WakeUpLoop({
		wakeUps: orchestrator.wakeUps,
		logger: host.logger,
		pollMs: pollSeconds * 1000,
		minimumGapMs: options.minimumGapMs,
		pass: async (reasons) => await emitAndWait(host, reasons),
	});
	loop.start();
	return {
		closeFunction: async () => {
			await loop.stop();
			await orchestrator.close();
		},
	};
}

async function emitAndWait(host: ITriggerFunctions, reasons: WakeUpReason[]): Promise<void> {
	const done = host.helpers.createDeferredPromise<IRun>();
	const tooLong = new AbortController();
	host.emit([[{ json: wakeUpItem(host, reasons) }]], undefined, done);
	try {
		await Promise.race([
			done.promise,
			pause(LONGEST_PASS_MS, undefined, { signal: tooLong.signal, ref: false }),
		]);
	} finally {
		tooLong.abort();
	}
}

function wakeUpItem(host: ITriggerFunctions, reasons: WakeUpReason[]): IDataObject {
	const owner = `${host.getInstanceId().slice(0, 12)}/wake-up`;
	const kind = host.getMode() === 'manual' ? 'manual' : 'wake_up';
	return { run: { kind, owner, slot: null, dispatch: kind === 'wake_up' }, wakeUp: { reasons } };
}
