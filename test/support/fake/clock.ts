import type { Clock } from '../../../core';

/** A clock that stands still until somebody moves it. */
export class HandClock implements Clock {
	constructor(private at: Date) {}

	now(): Date {
		return new Date(this.at);
	}

	pass(seconds: number): void {
		this.at = new Date(this.at.getTime() + seconds * 1000);
	}
}

export function after(at: Date, seconds: number): Date {
	return new Date(at.getTime() + seconds * 1000);
}

export function latest(...instants: (Date | null | undefined)[]): Date {
	return new Date(Math.max(...instants.flatMap((each) => (each ? [each.getTime()] : []))));
}
