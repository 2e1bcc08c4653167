/**
 * Everything that this process logs from here on. Import it before n8n: its logger binds the console's methods when it is made.
 */
export const logLines: string[] = [];

for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
	console[level] = (...parts: unknown[]) => void logLines.push(parts.map(String).join(' '));
// n8n's logger prefers the stream behind the console, where there is one.
for (const stream of ['_stdout', '_stderr']) Reflect.set(console, stream, undefined);
