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

export interface FairKeyOverview {
	fairKey: string;
	workflowType: string;
	/** 1 to 1,000; a key of weight 2 gets twice the share of a key of weight 1 (S6). */
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
