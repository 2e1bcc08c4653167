import { basename } from 'node:path';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import tseslint from 'typescript-eslint';

/** Files are kebab-case (a number for a phase); only n8n's own kinds of file are PascalCase. */
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.d|\.config)?\.[cm]?[jt]s$/;
const PASCAL = /^[A-Z][A-Za-z0-9]*\.(?:node|credentials)\.ts$/;
/** Names that say nothing about what is inside. */
const VAGUE = /^(?:utils?|helpers?|common|misc)\b/;

const house = {
	rules: {
		'file-name': {
			meta: { type: 'suggestion', schema: [] },
			create: (context) => ({
				Program(node) {
					const name = basename(context.filename);
					if (!KEBAB.test(name) && !PASCAL.test(name))
						context.report({ node, message: `Name the file “${name}” in kebab-case.` });
					if (VAGUE.test(name))
						context.report({ node, message: `“${name}” does not say what is inside: split it.` });
				},
			}),
		},
	},
};

/** package.json as one TypeScript expression: what the plugin's rules look for there is an object. */
const jsonAsExpression = {
	meta: { name: 'json-as-expression' },
	parseForESLint: (text, options) =>
		tseslint.parser.parseForESLint(`(${text})`, { ...options, filePath: 'package.ts' }),
};

/** Without the rules for n8n's cloud (no timers, no process, no dependencies): they cannot hold for a Postgres client. */
const n8n = n8nCommunityNodesPlugin.configs.recommendedWithoutN8nCloudSupport;

const limits = {
	'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
	'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
	'max-depth': ['error', 3],
	complexity: ['error', 15],
};

export default tseslint.config(
	{ ignores: ['dist/**', '**/node_modules/**', '.orchestrator/**', 'coverage/**'] },
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	{
		files: ['**/*.ts', '**/*.mjs', '**/*.js'],
		extends: [tseslint.configs.recommended],
		plugins: { house },
		rules: {
			...limits,
			'house/file-name': 'error',
			eqeqeq: 'error',
			'no-empty': 'error',
			'prefer-const': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
		},
	},
	{ files: ['**/*.js', '**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
		extends: [n8n],
		rules: {
			// An AI agent must not claim, settle or publish: our nodes are steps of one protocol, not tools.
			'@n8n/community-nodes/node-usable-as-tool': 'off',
			// One node tests each credential type; the rule wants the same test on every node that uses it.
			'@n8n/community-nodes/credential-test-required': 'off',
		},
	},
	{
		files: ['package.json'],
		extends: [n8n],
		languageOptions: { parser: jsonAsExpression },
		rules: {
			// A package that talks to Postgres needs pg; n8n installs the dependencies of self-hosted packages.
			'@n8n/community-nodes/no-runtime-dependencies': 'off',
			// Overrides repair lock entries of development tools; npm ignores them in an installed dependency.
			'@n8n/community-nodes/no-overrides-field': 'off',
		},
	},
	{
		// A definition is one literal: its length is the length of the workflow.
		files: ['generator/definitions/*.ts'],
		rules: { 'max-lines-per-function': 'off' },
	},
	{
		// A table of cases is one long function, and that is what makes it readable; a wrong `!` fails the test at once.
		files: ['test/**'],
		rules: {
			'@typescript-eslint/no-non-null-assertion': 'off',
			'max-lines-per-function': 'off',
			'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
		},
	},
);
