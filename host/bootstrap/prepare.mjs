import { existsSync } from 'node:fs';
import { mustRun } from './children.mjs';
import { environment, inRoot, node24 } from './paths.mjs';
import { ReportedError } from './report.mjs';
import { hashOf, onceFor } from './stamp.mjs';

const SOURCES = [
	'core',
	'nodes',
	'credentials',
	'generator',
	'host',
	'migrations',
	'workflows',
	'docs/recipes',
	'samples',
	'package.json',
	'tsconfig.json',
	'gulpfile.js',
];

/** Everything that both commands need; what is up to date is skipped without a word. */
export async function prepare(report) {
	await install(report);
	await installHost(report);
	await build(report);
}

const install = (report) =>
	onceFor(inRoot('node_modules', '.bootstrap-stamp'), hashOf([inRoot('package-lock.json')]), () =>
		report.during('installing the dependencies (npm ci)', () =>
			mustRun('npm-ci', 'npm', ['ci'], { env: process.env }),
		),
	);

const installHost = (report) =>
	onceFor(
		inRoot('host', 'node_modules', '.bootstrap-stamp'),
		hashOf([inRoot('host', 'package-lock.json')]),
		() =>
			report.during('installing the pinned n8n (npm ci, about 2 minutes, 2.2 GB)', () =>
				mustRun('npm-ci-host', 'npm', ['ci', '--legacy-peer-deps', '--ignore-scripts'], {
					cwd: inRoot('host'),
					env: process.env,
				}),
			),
	);

const build = (report) =>
	onceFor(inRoot('dist', '.build-stamp'), hashOf(SOURCES.map((name) => inRoot(name))), () =>
		report.during('building', () =>
			mustRun('build', node24, [inRoot('node_modules', 'gulp', 'bin', 'gulp.js'), 'build'], {
				env: environment(),
			}),
		),
	);

/** What the end-to-end tests start beside n8n: Chromium looks at the editor, Redis carries n8n's queue mode. */
const TEST_PROGRAMS = [
	{
		debian: 'chromium',
		path: process.env.CHROME_PATH ?? '/usr/bin/chromium',
		hint: 'or set CHROME_PATH to a Chrome or Chromium',
	},
	{ debian: 'redis-server', path: '/usr/bin/redis-server', hint: 'it is a Debian package of that name' },
];

/** Installs the programs that are missing where apt-get and root are at hand, else says which ones to install. */
export async function prepareTestPrograms(report) {
	const missing = TEST_PROGRAMS.filter(({ path }) => !existsSync(path));
	if (missing.length === 0) return;
	if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
		const lines = missing.map(({ debian, path, hint }) => `${debian} is not at ${path}; ${hint}.`);
		throw new ReportedError(
			`The end-to-end tests need programs that are not here. Install them first:\n${lines.join('\n')}`,
		);
	}
	const env = environment({ DEBIAN_FRONTEND: 'noninteractive' });
	const names = missing.map(({ debian }) => debian);
	await report.during(`installing ${names.join(' and ')} (apt-get)`, async () => {
		await mustRun('apt-update', 'apt-get', ['update'], { env });
		await mustRun('apt-install', 'apt-get', ['install', '-y', '--no-install-recommends', ...names], { env });
	});
}
