import { userInfo } from 'node:os';

/** Who works at this machine, for the database's log. A container may run as a user without a name. */
export function operator(): string {
	try {
		return `cli:${userInfo().username}`;
	} catch {
		return 'cli';
	}
}
