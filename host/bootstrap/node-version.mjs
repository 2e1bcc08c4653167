import { ReportedError } from './report.mjs';

/** Node 20.19 is the oldest that npm and the build run on; the real work runs on the Node 24 that npm installs. */
export function checkNode(version) {
	const [major, minor] = version.split('.').map(Number);
	if (major > 20 || (major === 20 && minor >= 19)) return;
	throw new ReportedError(`Node ${version} is too old: install Node 20.19 or newer from https://nodejs.org, then try again.`);
}
