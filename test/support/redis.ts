import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { freePort } from '../../host/ports';
import { until } from './verdict';

/** A throw-away Redis for n8n's queue mode: no disk, loopback only. */
export async function startRedis(): Promise<{ port: number; stop(): Promise<void> }> {
	const port = await freePort();
	const args = [
		'--port',
		String(port),
		'--bind',
		'127.0.0.1',
		'--save',
		'',
		'--appendonly',
		'no',
		'--dir',
		'/',
	];
	const server = spawn('redis-server', args, { stdio: 'ignore' });
	const failed = new Promise<never>((_, reject) =>
		server.once('error', (cause) =>
			reject(new Error('redis-server does not start; install Debian package redis-server', { cause })),
		),
	);
	await Promise.race([until('Redis answers', () => answers(port), 10_000, 50), failed]);
	return {
		port,
		stop: async () => {
			if (server.exitCode !== null) return;
			const ended = new Promise((resolve) => server.once('exit', resolve));
			server.kill('SIGTERM');
			await ended;
		},
	};
}

function answers(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('connect', () => (socket.destroy(), resolve(true)));
		socket.once('error', () => resolve(false));
	});
}
