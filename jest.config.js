/** One jest configuration per kind of test; `npm test` runs them all through host/bootstrap.mjs. */
const swc = ['@swc/jest', { jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' }, module: { type: 'commonjs' } }];
const transform = { '^.+\\.ts$': swc };

/** ESM-only packages that tests require(): jest cannot load them without --experimental-vm-modules. */
const esmOnly = '/node_modules/(nock|@mswjs|@open-draft|outvariant|is-node-process|strict-event-emitter|rettime|until-async)/';

const project = (displayName, extra = {}) => ({
	displayName,
	rootDir: __dirname,
	testEnvironment: 'node',
	testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/host/node_modules/', '<rootDir>/.orchestrator/'],
	transform: { ...transform, [`${esmOnly}.+\\.m?js$`]: swc },
	transformIgnorePatterns: [`/node_modules/(?!${esmOnly.slice('/node_modules/'.length)})`],
	...extra,
});

module.exports = {
	// End-to-end tests mostly wait for clocks and leases: two at a time on two cores.
	maxWorkers: 2,
	// Tests on a database or an n8n share two cores with others; what hangs is ended by its own, longer or shorter limit.
	testTimeout: 60_000,
	testSequencer: '<rootDir>/test/support/longest-first.cjs',
	projects: [
		project('architecture'),
		project('unit'),
		project('property'),
		project('generator'),
		project('postgres'),
		project('conformance'),
		project('nodes'),
		project('e2e'),
	],
	globalSetup: '<rootDir>/test/support/global-setup.ts',
	globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};
