import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '../..');

interface SourceFile {
	/** Relative to the root, with slashes. */
	path: string;
	/** Packages as written; relative imports as paths from the root. */
	imports: string[];
	tree: ts.SourceFile;
}

/** Who may not import what, and why (DESIGN §2). */
const RULES: { files: RegExp; mustNotImport: RegExp; reason: string }[] = [
	{
		files: /^core\/(?!postgres\/|index\.ts)/,
		mustNotImport: /^(pg|fs|node:fs.*|n8n-workflow|n8n-core|nodes\/.*|generator\/.*|core\/postgres.*)$/,
		reason:
			'decisions take values and return values; a database or a file in them could not be tested by tables',
	},
	{
		files: /^core\/(?!index\.ts)/,
		mustNotImport: /^core(\/index)?$/,
		reason: 'the composition root knows the parts, not the parts the root: else there is a circle',
	},
	{
		files: /^core\/(postgres\/|index\.ts)/,
		mustNotImport: /^(nodes\/.*|generator\/.*|n8n-workflow|n8n-core)$/,
		reason: 'the core serves nodes and CLI alike and must load without n8n',
	},
	{
		files: /^core\/contract\//,
		mustNotImport: /^(?!zod\/v4$|core\/contract\/).*/,
		reason: 'both ends of the wire read the contract: it must not bring anything along',
	},
	{
		files: /^nodes\//,
		mustNotImport: /^(pg|core\/postgres.*|generator\/.*)$/,
		reason: 'nodes meet the database through the one door, core/index',
	},
	{
		files: /^generator\//,
		mustNotImport: /^(pg|core\/postgres.*|nodes\/.*|host\/.*)$/,
		reason:
			'the host is never shipped; the generator knows node type names, not their code; its CLI meets the database through core/index',
	},
];

const files = ['core', 'nodes', 'credentials', 'generator'].flatMap(sourceFiles);

test('there is something to look at', () => {
	expect(files.length).toBeGreaterThan(40);
});

test.each(RULES)('$files must not import $mustNotImport: $reason', ({ files: which, mustNotImport }) => {
	const broken = files
		.filter((file) => which.test(file.path))
		.flatMap((file) =>
			file.imports.filter((each) => mustNotImport.test(each)).map((each) => `${file.path} imports ${each}`),
		);
	expect(broken).toEqual([]);
});

test('no node imports another: each is a face of its own', () => {
	const broken = files.flatMap((file) => {
		const own = /^nodes\/([^/]+)\//.exec(file.path)?.[1];
		if (own === undefined) return [];
		return file.imports.filter((each) => {
			const other = /^nodes\/([^/]+)\//.exec(each)?.[1];
			return other !== undefined && other !== own && other !== 'shared';
		});
	});
	expect(broken).toEqual([]);
});

test('decisions read no clock, draw no chance and see no process: both arrive as arguments', () => {
	const decisions = files.filter((file) => /^core\/(?!postgres\/|index\.ts)/.test(file.path));
	expect(decisions.flatMap(impurities)).toEqual([]);
});

test('nodes hold no SQL', () => {
	const sql = /\b(select\s.+\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from)\b/i;
	const broken = files
		.filter((file) => file.path.startsWith('nodes/'))
		.flatMap((file) => texts(file.tree).filter((text) => sql.test(text)));
	expect(broken).toEqual([]);
});

test('all that a command says goes past the redaction: one file writes to standard output', () => {
	const writers = files.filter(
		({ path, tree }) =>
			path.startsWith('generator/') && /process\.stdout\.write|console\.log/.test(tree.text),
	);
	expect(writers.map(({ path }) => path)).toEqual(['generator/print.ts']);
});

test('files have names of their own', () => {
	const vague = files.filter((file) =>
		/(^|[/-])(util|utils|helper|helpers|common|misc)([/.-]|$)/i.test(file.path),
	);
	expect(vague.map((file) => file.path)).toEqual([]);
});

test('the rules would notice: planted imports are found', () => {
	const planted = parse(
		'core/queue/planted.ts',
		`import pg from 'pg'; import { x } from '../postgres/pool'; export const at = Date.now() + Math.random();`,
	);
	expect(planted.imports).toEqual(['pg', 'core/postgres/pool']);
	expect(planted.imports.every((each) => RULES[0]?.mustNotImport.test(each))).toBe(true);
	expect(impurities(planted)).toEqual([
		'core/queue/planted.ts: Date.now',
		'core/queue/planted.ts: Math.random',
	]);
	expect(
		impurities(
			parse('core/x.ts', 'new Date(); new Date(1); process.env; const p = { process: 1 }; p.process'),
		),
	).toEqual(['core/x.ts: new Date()', 'core/x.ts: process']);
});

function impurities({ path, tree }: SourceFile): string[] {
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		if (
			ts.isPropertyAccessExpression(node) &&
			/^(Date\.now|Math\.random|performance\.now)$/.test(node.getText(tree))
		)
			found.push(`${path}: ${node.getText(tree)}`);
		if (ts.isNewExpression(node) && node.expression.getText(tree) === 'Date' && !node.arguments?.length)
			found.push(`${path}: new Date()`);
		if (
			ts.isPropertyAccessExpression(node) &&
			ts.isIdentifier(node.expression) &&
			node.expression.text === 'process'
		)
			found.push(`${path}: process`);
		ts.forEachChild(node, visit);
	};
	visit(tree);
	return found;
}

function texts(tree: ts.SourceFile): string[] {
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) found.push(node.getText(tree));
		ts.forEachChild(node, visit);
	};
	visit(tree);
	return found;
}

function sourceFiles(directory: string): SourceFile[] {
	const absolute = join(root, directory);
	if (!existsSync(absolute)) return [];
	return readdirSync(absolute, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
		.map((name) => join(directory, name).split(sep).join('/'))
		.map((path) => parse(path, readFileSync(join(root, path), 'utf8')));
}

function parse(path: string, text: string): SourceFile {
	const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
	const specifiers = ts.preProcessFile(text, true, true).importedFiles.map((each) => each.fileName);
	return { path, imports: specifiers.map((each) => fromRoot(path, each)), tree };
}

function fromRoot(path: string, specifier: string): string {
	if (!specifier.startsWith('.')) return specifier;
	return relative(root, resolve(root, dirname(path), specifier))
		.split(sep)
		.join('/');
}
