/** `node -r` this to run TypeScript sources as they are, without a build: what a test starts must be what is in the tree. */
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

const options = {
	jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
	module: { type: 'commonjs' },
	sourceMaps: 'inline',
};

require.extensions['.ts'] = (module, filename) => {
	const { code } = transformSync(readFileSync(filename, 'utf8'), { ...options, filename });
	module._compile(code, filename);
};
