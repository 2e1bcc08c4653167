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
		report.during('installing the dependencies (npm ci)', () => mustRun('npm-ci', 'npm', ['ci'], { env: process.env })),
	);

const installHost = (report) =>
	onceFor(inRoot('host', 'node_modules', '.bootstrap-stamp'), hashOf([inRoot('host', 'package-lock.json')]), () =>
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
			mustRun('build', node24, [inRoot('node_modules', 'gulp', 'bin', 'gulp.js'), 'build'], { env: environment() }),
		),
	);

/** The end-to-end tests look at the editor in Chromium; where apt-get and root are at hand it is installed. */
export async function prepareBrowser(report) {
	const wanted = process.env.CHROME_PATH ?? '/usr/bin/chromium';
	if (existsSync(wanted)) return;
	if (process.env.CHROME_PATH || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
		throw new ReportedError(
			`The browser tests need Chromium, and there is none at ${wanted}. Install it, or set CHROME_PATH to a Chrome or Chromium.`,
		);
	}
	const env = environment({ DEBIAN_FRONTEND: 'noninteractive' });
	await report.during('installing Chromium (apt-get)', async () => {
		await mustRun('apt-update', 'apt-get', ['update'], { env });
		await mustRun('apt-chromium', 'apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env });
	});
}
