import { runVisibly } from './children.mjs';
import { environment, inRoot, node24 } from './paths.mjs';

/** Hands over to the compiled start on Node 24. */
export const runStart = (args) =>
	runVisibly(node24, [inRoot('dist', 'host', 'start.js'), ...args], { env: environment(), tied: true });
