/** Builds dist/: TypeScript by tsc, then everything that is read at run time, at the same relative path. */
const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src } = require('gulp');

const clean = () => rm('dist', { recursive: true, force: true });

const compile = () => spawn(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });

/** Icons, codex files, SQL and workflow JSON; `encoding: false` keeps bytes as they are. */
const copyAssets = () =>
	src(['nodes/**/*.{svg,json}', 'credentials/**/*.svg', 'migrations/**/*.sql', 'migrations/objects.txt', 'workflows/**/*.json', 'docs/recipes/**/*', 'samples/**/*'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));

exports.clean = clean;
exports.build = series(clean, parallel(compile, copyAssets));
exports.default = exports.build;
