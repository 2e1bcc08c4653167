import { appendFileSync } from 'node:fs';
import { z } from 'zod/v4';
import { CANCELLABLE_STATES } from '../../core';
import type { Sighting } from '../history/records';

export const DEPLOYMENT = 'main';
export const SECRET = 'a-secret-of-the-simulation-0123456789';

/** What a player of a test is told when it begins; each player is a process of its own. */
export const casting = z.object({
	name: z.string(),
	/** As a worker: what nodes connect as. */
	databaseUrl: z.string(),
	witnessFile: z.string(),
	/** Where its doors listen; several players may share a port, and the kernel chooses. 0 = any, null = it has no doors. */
	port: z.number().int().nullable(),
	/** Which receiver of callbacks it plays; everything but `real` is a planted fault. */
	receiver: z.enum(['real', 'answers before the commit']).default('real'),
});
export type Casting = z.infer<typeof casting>;

/** How the sub-workflow behaves over a task; it travels in the task's input. */
export const script = z.object({
	workMs: z.number().default(0),
	/** Reports a failure on so many first attempts. */
	fails: z.number().int().default(0),
	/** Stalls so long on the first attempt, without renewing its lease. */
	stallsMs: z.number().default(0),
	/** Never reports its first attempt. */
	silent: z.boolean().default(false),
	/** Sends every report twice at the same moment. */
	twice: z.boolean().default(false),
	/** Reports one task of its batch first, then all of them. */
	piecemeal: z.boolean().default(false),
	/** Reports again under another id, as a node that runs twice does. */
	repeats: z.boolean().default(false),
});
export type Script = z.infer<typeof script>;

const newTask = z.object({
	workflowType: z.string(),
	idempotencyKey: z.string(),
	priority: z.number().int().optional(),
	input: z.record(z.string(), z.json()),
});
export type SimulatedTask = z.infer<typeof newTask>;

export const passOrder = z.object({
	kind: z.enum(['heartbeat', 'wake_up']),
	/** Plans as if every type were free: then only the database holds the caps. */
	eager: z.boolean().default(false),
	/** A number of its own gives each heartbeat of a test a slot of its own. */
	intervalSeconds: z.number().int().positive().default(300),
	/** How far this process's clock is ahead of its true time. */
	clockAheadMs: z.number().default(0),
});
export type PassOrder = z.infer<typeof passOrder>;

/** Where a process is to be killed: at the n-th time that this is about to happen, or has just happened. */
export const killPoint = z.object({
	label: z.string(),
	occurrence: z.number().int().positive(),
	when: z.enum(['before', 'after']),
});
export type KillPoint = z.infer<typeof killPoint>;

/** What the test tells a player, over its IPC channel. */
export const order = z.discriminatedUnion('do', [
	z.object({ do: z.literal('play'), casting }),
	z.object({ do: z.literal('arm'), point: killPoint }),
	z.object({ do: z.literal('pass'), pass: passOrder }),
	/** Opens its doors at another port too, as a process that takes over from a dead one does. */
	z.object({ do: z.literal('take over'), port: z.number().int() }),
	/** Passes, one after another, until told to rest; with every n-th one an operator cancels a task, of each state in its turn (0: never). */
	z.object({
		do: z.literal('keep passing'),
		cancelEvery: z.number().int().nonnegative().default(0),
		pauseMs: z.number().default(10),
	}),
	z.object({ do: z.literal('rest') }),
	/** Answers once no work that this player accepted is under way. */
	z.object({ do: z.literal('finish') }),
	z.object({ do: z.literal('enqueue'), tasks: z.array(newTask) }),
	/** An operator cancels the oldest tasks in these states. */
	z.object({
		do: z.literal('cancel'),
		states: z.array(z.enum(CANCELLABLE_STATES)),
		limit: z.number().int().positive(),
	}),
]);
export type Order = z.input<typeof order>;
export const numberedOrder = z.object({ n: z.number(), order });

/** What a player answers, one to an order. */
export const reply = z.object({
	n: z.number(),
	port: z.number().optional(),
	/** Where it could have been killed since it began to play, in order. */
	met: z.array(z.string()).optional(),
	/** What its logger was told, and what went wrong in passes that it kept making. */
	warnings: z.array(z.string()).optional(),
	/** How many tasks its order to cancel ended. */
	cancelled: z.number().optional(),
	error: z.string().optional(),
});
export type Reply = z.infer<typeof reply>;

/** Writes a line that survives the death of its writer: the operating system has it when this returns. */
export function note(file: string, sighting: Sighting): void {
	appendFileSync(file, `${JSON.stringify(sighting)}\n`);
}
