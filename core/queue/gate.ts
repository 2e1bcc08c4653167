/** What is paused or weighed: one fair key, or a workflow type with all of its keys. */
export type QueueTarget = { workflowType: string } | { fairKey: string };

/** Why something is held, since when and by whom. */
export interface Pause {
	at: Date;
	reason: string | null;
	by: string;
}

export interface PauseAnswer {
	/** False: it was so already, and stays as it was. */
	changed: boolean;
	/** The pause in force after the call; null = not paused. */
	pause: Pause | null;
}

/** Weights are whole numbers within these bounds; a key of weight 2 gets twice the share of a key of weight 1 (S6). */
export const WEIGHT_BOUNDS = { min: 1, max: 1000 } as const;

export interface FairKeyOverview {
	fairKey: string;
	workflowType: string;
	weight: number;
	/** Tasks that could be claimed if no gate were closed, counted up to 10,000. */
	queued: number;
	/** Due time of the oldest of them; null = none. */
	oldestEligibleAt: Date | null;
	/** Executions that this key leads now. */
	running: number;
	/** The key's own pause. */
	pause: Pause | null;
	/** Its type's pause, which holds every key of the type. */
	typePause: Pause | null;
}
