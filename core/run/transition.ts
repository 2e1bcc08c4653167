/** One legal change of state, named by the event that causes it. */
export interface Transition<State extends string = string> {
	readonly from: State;
	readonly to: State;
	readonly event: string;
}
