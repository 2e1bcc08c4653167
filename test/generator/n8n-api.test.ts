import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInstance } from '../../generator/live/instance';
import { wrapLive } from '../../generator/live/wrap-live';
import { N8nApi } from '../../generator/n8n-api/n8n-api';
import { OrchestratorError } from '../../core';

const KEY = 'a-key-that-nobody-may-see';

let server: Server;
let url: string;
let answer: (response: ServerResponse, path: string) => void;
let asked: string[];

beforeEach(async () => {
	asked = [];
	server = createServer((request, response) => {
		asked.push(`${request.method} ${request.url}`);
		answer(response, request.url ?? '');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

const json = (status: number, body: unknown) => (response: ServerResponse) =>
	void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

async function failureOf(work: Promise<unknown>): Promise<OrchestratorError> {
	const error: unknown = await work.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof OrchestratorError))
		throw new Error(`expected a known failure, got ${String(error)}`);
	return error;
}

/** What n8n 2.40.7 really answers (seen), and what stands between it and the world. */
const failures: Array<[string, string, (response: ServerResponse) => void]> = [
	['a wrong key', 'MO_N8N_KEY', json(401, { message: 'Unauthorized' })],
	['a missing scope', 'MO_N8N_SCOPE', json(403, { message: 'Forbidden' })],
	['an unknown id', 'MO_N8N_NOT_FOUND', json(404, { message: 'Not Found' })],
	[
		'a refusal',
		'MO_N8N_REFUSED',
		json(400, { message: "request/body/nodes/0 Unrecognized key(s) in object: 'color'" }),
	],
	['a failure of n8n', 'MO_N8N_FAULT', json(503, { message: 'Database is not ready!' })],
	[
		'a login page instead of JSON',
		'MO_N8N_ADDRESS',
		(response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'),
	],
	['another API', 'MO_N8N_ADDRESS', json(200, { ok: true })],
	[
		'a redirect',
		'MO_N8N_ADDRESS',
		(response) => void response.writeHead(302, { location: `https://login.example/?key=${KEY}` }).end(),
	],
	['a proxy that repeats the request', 'MO_N8N_FAULT', json(502, { message: `x-n8n-api-key: ${KEY}` })],
	['a connection that is cut', 'MO_N8N_UNREACHABLE', (response) => void response.socket?.destroy()],
	['silence', 'MO_N8N_UNREACHABLE', () => undefined],
];

test.each(failures)('%s is told as such, with what to do and without the key', async (_what, code, fails) => {
	answer = fails;
	const error = await failureOf(new N8nApi(url, KEY, 300).workflow('1'));
	expect(error.code).toBe(code);
	expect(error.action).not.toBe('');
	expect(`${error.message} ${error.action} ${error.stack}`).not.toContain(KEY);
});

test('a redirect is not followed: the key goes nowhere else', async () => {
	answer = (response) => void response.writeHead(307, { location: `${url}/elsewhere` }).end();
	await failureOf(new N8nApi(url, KEY).workflow('1'));
	expect(asked).toEqual(['GET /api/v1/workflows/1']);
});

test('without our package nothing is looked at or written', async () => {
	answer = (response, path) => json(404, { message: path })(response);
	const error = await failureOf(wrapLive(new N8nApi(url, KEY), { say: () => undefined }));
	expect(error.code).toBe('MO_N8N_PACKAGE_MISSING');
	expect(asked.every((request) => request.startsWith('GET '))).toBe(true);
});

test.each([
	['no address', {}, KEY],
	['an address that is none', { n8nUrl: 'n8n.example' }, KEY],
	['an address with a password', { n8nUrl: 'http://ada:hunter2@localhost' }, KEY],
	['no key', { n8nUrl: 'http://localhost' }, undefined],
	['a key with a line break', { n8nUrl: 'http://localhost' }, 'two\nlines'],
	['no time', { n8nUrl: 'http://localhost', timeout: '0' }, KEY],
])('%s is wrong usage, and no secret is repeated', (_what, options, key) => {
	const open = () => openInstance(options, { N8N_API_KEY: key });
	expect(open).toThrow(expect.objectContaining({ code: 'MO_INVALID_INPUT' }));
	expect(open).not.toThrow(/hunter2|lines|nobody-may-see/);
});

test('an address with a path, a slash or the API’s own path is understood', () => {
	for (const n8nUrl of ['https://a.example/n8n', 'https://a.example/n8n/', 'https://a.example/n8n/api/v1/']) {
		expect(openInstance({ n8nUrl }, { N8N_API_KEY: KEY }).baseUrl).toBe('https://a.example/n8n');
	}
});

test('lists are read to their last page', async () => {
	const item = (id: string) => ({ id, name: id, type: 'x' });
	answer = (response, path) =>
		json(
			200,
			path.includes('cursor=two') ? { data: [item('b')] } : { data: [item('a')], nextCursor: 'two' },
		)(response);
	expect((await new N8nApi(url, KEY).credentials()).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('a backup that cannot be kept stops everything', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'no-backup-'));
	const { backUp } = await import('../../generator/live/backup');
	const { liveWorkflow } = await import('../../generator/n8n-api/live-workflow');
	const at = { versionId: 'v1', activeVersionId: null, updatedAt: '', nodes: [], connections: {} };
	const workflow = liveWorkflow.parse({ ...at, id: '../../1', name: '../etc/passwd' });
	const paths = [await backUp(folder, workflow), await backUp(folder, workflow)];
	expect(readdirSync(folder).sort()).toEqual(['-etc-passwd.-1.v1.2.json', '-etc-passwd.-1.v1.json']);
	const inFile = await failureOf(backUp(join(paths[0]!, 'below'), workflow));
	expect(inFile.code).toBe('MO_FILE_ACCESS');
	rmSync(folder, { recursive: true });
});
