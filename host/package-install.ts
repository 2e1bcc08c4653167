import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod/v4';
import { HostError } from './host-error';
import { readIfThere } from './private-file';

const run = promisify(execFile);

/** The flags of n8n's own community install (2.40.7), plus a preference for what npm has already fetched. */
const INSTALL_FLAGS = [
	'--audit=false',
	'--fund=false',
	'--bin-links=false',
	'--install-strategy=shallow',
	'--ignore-scripts=true',
	'--package-lock=false',
	'--prefer-offline',
	'--update-notifier=false',
];
const STAMP = '.installed-from';

export interface PackageInstallOptions {
	/** Folder of the package to install, built. */
	packageRoot: string;
	/** n8n's N8N_USER_FOLDER. */
	userFolder: string;
	/** Keeps the installed package by content, so that a second user folder is a copy. */
	cacheDir: string;
	/** Ends npm when a person gives up waiting. */
	signal?: AbortSignal;
}

/**
 * Puts the package where a community install puts it, by the same steps: npm pack, unpack, strip dev, peer and
 * optional dependencies, npm install. n8n reads the folder at its next start. False: it was there already.
 */
export async function installPackage(options: PackageInstallOptions): Promise<boolean> {
	const manifest = manifestSchema.parse(
		JSON.parse(await readFile(join(options.packageRoot, 'package.json'), 'utf8')),
	);
	const hash = await contentHash(options.packageRoot);
	const nodes = join(options.userFolder, '.n8n', 'nodes');
	const target = join(nodes, 'node_modules', manifest.name);
	if ((await readIfThere(join(target, STAMP))) === hash) return false;
	const prepared = join(options.cacheDir, hash);
	if ((await readIfThere(join(prepared, STAMP))) !== hash) await prepare(options, prepared, hash);
	await rm(target, { recursive: true, force: true });
	await mkdir(join(nodes, 'node_modules'), { recursive: true });
	await cp(prepared, target, { recursive: true });
	await addToLedger(join(nodes, 'package.json'), manifest.name, manifest.version);
	return true;
}

const manifestSchema = z.looseObject({ name: z.string(), version: z.string() });

async function prepare(options: PackageInstallOptions, prepared: string, hash: string): Promise<void> {
	await mkdir(options.cacheDir, { recursive: true });
	// Beside the place where it will stand: a rename within one file system is whole or not at all.
	const work = await mkdtemp(join(options.cacheDir, 'in-the-making-'));
	const folder = join(work, 'package');
	try {
		await npm(
			['pack', '--ignore-scripts', '--quiet', '--pack-destination', work],
			options.packageRoot,
			options.signal,
		);
		const tarball = (await readdir(work)).find((name) => name.endsWith('.tgz')) ?? '';
		await mkdir(folder, { recursive: true });
		await run('tar', ['-xzf', join(work, tarball), '-C', folder, '--strip-components=1']);
		await strip(join(folder, 'package.json'));
		await npm(['install', ...INSTALL_FLAGS], folder, options.signal);
		await writeFile(join(folder, STAMP), hash);
		await putInPlace(folder, prepared, hash);
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

async function npm(args: string[], cwd: string, signal?: AbortSignal): Promise<void> {
	try {
		await run('npm', args, { cwd, signal, maxBuffer: 64 * 1024 * 1024 });
	} catch (error) {
		throw new HostError(
			`npm ${args[0]} failed.`,
			'Look at the message below; without a registry nothing can be installed.',
			{
				cause: error,
				log: (error instanceof Error ? error.message : String(error)).split('\n').slice(-40),
			},
		);
	}
}

async function strip(file: string): Promise<void> {
	const manifest = manifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
	for (const key of ['devDependencies', 'peerDependencies', 'optionalDependencies']) delete manifest[key];
	await writeFile(file, JSON.stringify(manifest, null, 2));
}

/** n8n loads what its nodes/package.json lists. */
async function addToLedger(file: string, name: string, version: string): Promise<void> {
	const ledgerSchema = z.looseObject({ dependencies: z.record(z.string(), z.string()).default({}) });
	const ledger = ledgerSchema.parse(
		JSON.parse((await readIfThere(file)) ?? '{"name":"installed-nodes","private":true}'),
	);
	ledger.dependencies[name] = version;
	await writeFile(file, JSON.stringify(ledger, null, 2));
}

/** Another host of this machine may have been faster: then its copy, which is the same, stays. */
async function putInPlace(folder: string, prepared: string, hash: string): Promise<void> {
	try {
		await rename(folder, prepared);
	} catch (error) {
		if ((await readIfThere(join(prepared, STAMP))) !== hash) throw error;
	}
}

/** Over everything that is packed: the manifest and the built files. */
async function contentHash(packageRoot: string): Promise<string> {
	const dist = join(packageRoot, 'dist');
	const entries = await readdir(dist, { recursive: true, withFileTypes: true }).catch(() => {
		throw new HostError(`There is no ${dist}: the package is not built.`, 'Run npm run build first.');
	});
	const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	const hash = createHash('sha256').update(await readFile(join(packageRoot, 'package.json')));
	for (const file of files.sort()) {
		if (file.startsWith(join(dist, 'host'))) continue;
		hash.update(`\0${file.slice(dist.length)}\0`).update(await readFile(file));
	}
	return hash.digest('hex').slice(0, 32);
}
