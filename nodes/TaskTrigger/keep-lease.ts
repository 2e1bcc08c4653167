import type { Logger } from 'n8n-workflow';
import { type ExecutionPort, type ExecutionRef, explainStale } from '../../core';
import { explain } from '../shared/node-error';

export interface LeaseKeeper {
	stop(): void;
	/** Resolves once no more renewal will be made: stopped, lost, or the deadline is over. */
	readonly ended: Promise<void>;
}

/** Shortest pause between renewals, whatever the lease says. */
const SHORTEST_PAUSE_MS = 500;

/** Renews the work lease every third of its length, until stopped, until it is lost, or until the deadline. */
export function keepLease(options: {
	executions: Pick<ExecutionPort, 'renew' | 'whyStale'>;
	ref: ExecutionRef;
	leaseUntil: Date;
	deadlineAt: Date;
	logger: Logger;
	/** The execution was taken away while it works. */
	onLost: () => void;
}): LeaseKeeper {
	const { executions, ref, deadlineAt, logger, onLost } = options;
	const pauseMs = Math.max(SHORTEST_PAUSE_MS, (options.leaseUntil.getTime() - Date.now()) / 3);
	let timer: NodeJS.Timeout | undefined;
	let finish: () => void = () => undefined;
	const ended = new Promise<void>((resolve) => (finish = resolve));
	const stop = () => {
		clearTimeout(timer);
		finish();
	};
	const renew = async () => {
		try {
			if ((await executions.renew(ref)) === null) {
				onLost();
				const why = explainStale(await executions.whyStale(ref).catch(() => null));
				logger.warn(
					`Execution ${ref.executionId} epoch ${ref.epoch} was taken away; its result will not count. ${why}`,
				);
				return stop();
			}
		} catch (error) {
			logger.warn(`The lease of execution ${ref.executionId} was not renewed: ${explain(error).message}`);
		}
		schedule();
	};
	const schedule = () => {
		if (Date.now() + pauseMs >= deadlineAt.getTime()) return stop();
		timer = setTimeout(() => void renew(), pauseMs);
		timer.unref();
	};
	schedule();
	return { stop, ended };
}
