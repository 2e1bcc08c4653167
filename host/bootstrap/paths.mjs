import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const inRoot = (...parts) => join(root, ...parts);

/** The Node 24 that came with the dependencies. */
export const node24 = inRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Children find Node 24 and the tools first, also through npm. */
export const environment = (extra = {}) => ({
	...process.env,
	PATH: [inRoot('node_modules', '.bin'), process.env.PATH].join(delimiter),
	...extra,
});
