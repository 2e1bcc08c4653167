import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface LoopbackRegistry {
	url: string;
	/** PATH for n8n: its `npm` asks this registry instead of the public one, which n8n dials without a licence for others. */
	path: string;
	close(): Promise<void>;
}

/** Packs `packageDir` as it would be published and serves it as an npm registry does; other packages are redirected upstream. */
export async function startLoopbackRegistry(packageDir: string, workDir: string): Promise<LoopbackRegistry> {
	await mkdir(workDir, { recursive: true });
	const { stdout: packed } = await run(
		'npm',
		['pack', '--silent', '--ignore-scripts', '--pack-destination', workDir],
		{
			cwd: packageDir,
		},
	);
	const tarball = await readFile(join(workDir, packed.trim().split('\n').at(-1) ?? ''));
	const manifest = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as {
		name: string;
		version: string;
	};
	const upstream = (await run('npm', ['config', 'get', 'registry'])).stdout.trim().replace(/\/$/, '');

	const server = createServer((request, response) => {
		const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/');
		if (path === `/${manifest.name}/-/package.tgz`) return void response.end(tarball);
		if (path === `/${manifest.name}`)
			return void response.end(JSON.stringify(packument(manifest, tarball, url)));
		response.writeHead(302, { location: `${upstream}${request.url ?? '/'}` }).end();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	return {
		url,
		path: `${await npmThatAsks(url, workDir)}${delimiter}${process.env.PATH ?? ''}`,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}

function packument(manifest: { name: string; version: string }, tarball: Buffer, url: string): unknown {
	const dist = {
		tarball: `${url}/${manifest.name}/-/package.tgz`,
		shasum: createHash('sha1').update(tarball).digest('hex'),
		integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
	};
	return {
		name: manifest.name,
		'dist-tags': { latest: manifest.version },
		versions: { [manifest.version]: { ...manifest, dist } },
	};
}

/** A folder with an `npm` that replaces the registry argument and is the real npm otherwise. */
async function npmThatAsks(url: string, workDir: string): Promise<string> {
	const realNpm = (await run('sh', ['-c', 'command -v npm'])).stdout.trim();
	const folder = join(workDir, 'bin');
	await mkdir(folder, { recursive: true });
	const script = [
		'#!/bin/sh',
		'for argument do',
		'  shift',
		`  case "$argument" in --registry=*) argument="--registry=${url}" ;; esac`,
		'  set -- "$@" "$argument"',
		'done',
		`exec "${realNpm}" "$@"`,
		'',
	].join('\n');
	await writeFile(join(folder, 'npm'), script);
	await chmod(join(folder, 'npm'), 0o755);
	return folder;
}
