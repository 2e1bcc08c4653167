/** One jest configuration per kind of test; `npm test` runs them all through host/bootstrap.mjs. */
const transform = { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' }, module: { type: 'commonjs' } }] };

const project = (displayName, extra = {}) => ({
	displayName,
	rootDir: __dirname,
	testEnvironment: 'node',
	testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/host/node_modules/', '<rootDir>/.orchestrator/'],
	transform,
	...extra,
});

module.exports = {
	projects: [
		project('architecture'),
		project('unit'),
		project('property'),
		project('generator'),
		project('postgres'),
		project('nodes'),
		project('e2e'),
	],
	globalSetup: '<rootDir>/test/support/global-setup.ts',
	globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};
