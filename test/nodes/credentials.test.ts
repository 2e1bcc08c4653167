import type { ICredentialDataDecryptedObject, ICredentialTestFunctions } from 'n8n-workflow';
import { dialledUrl } from '../../nodes/shared/endpoint-registration';
import { orchestratorPostgresTest, orchestratorSigningTest } from '../../nodes/shared/credential-tests';
import { freshDatabase } from '../support/postgres';
import { startTransactionPooler } from '../support/transaction-pooler';
import { postgresFields } from './engine';

type Test = typeof orchestratorPostgresTest;
const ask = async (test: Test, data: ICredentialDataDecryptedObject) =>
	await test.call({} as ICredentialTestFunctions, { id: '1', name: 'c', type: 't', data });

describe('the test of Orchestrator Postgres', () => {
	it('tells server and schema, and what to do when the schema is missing', async () => {
		const migrated = await freshDatabase();
		const empty = await freshDatabase({ migrated: false });
		expect(await ask(orchestratorPostgresTest, postgresFields(migrated.url))).toMatchObject({
			status: 'OK',
			message: expect.stringMatching(/Postgres \d+.*up to date/),
		});
		const answer = await ask(orchestratorPostgresTest, postgresFields(empty.url));
		expect(answer.message).toContain('master-orchestrator migrate');
		expect(answer.message).toContain('Set Up Database');
		const wrong = { ...postgresFields(migrated.url), password: 'not-the-password' };
		const refused = await ask(orchestratorPostgresTest, wrong);
		expect(refused.status).toBe('Error');
		expect(refused.message).not.toContain('not-the-password');
		await migrated.drop();
		await empty.drop();
	});

	it('says behind a transaction pooler that new work is found by polling, and on a direct connection nothing of it', async () => {
		const database = await freshDatabase();
		const pooler = await startTransactionPooler(database.url);
		expect(await ask(orchestratorPostgresTest, postgresFields(pooler.url))).toEqual({
			status: 'OK',
			message: expect.stringContaining('new work is found by polling'),
		});
		const direct = await ask(orchestratorPostgresTest, postgresFields(database.url));
		expect(direct.message).not.toContain('polling');
		await pooler.stop();
		await database.drop();
	}, 60_000);

	it('says that nobody answers, and names the empty fields', async () => {
		const fields = { host: '127.0.0.1', port: 1, database: 'd', user: 'u', password: 'p', ssl: 'disable' };
		expect(await ask(orchestratorPostgresTest, fields)).toMatchObject({ status: 'Error' });
		const empty = await ask(orchestratorPostgresTest, { ...fields, host: '', user: '' });
		expect(empty.message).toContain('host, user');
	});
});

describe('the test of Orchestrator Signing', () => {
	it.each([
		['', 'Error'],
		['short', 'Error'],
		['a secret of more than 24 characters', 'OK'],
	])('judges “%s”: %s', async (secret, status) => {
		const answer = await ask(orchestratorSigningTest, { secret, previousSecret: '' });
		expect(answer.status).toBe(status);
		if (secret !== '') expect(answer.message).not.toContain(secret);
	});
});

describe('the address that is dialled', () => {
	it('is the webhook address, or its path behind the internal origin', () => {
		const url = 'https://n8n.example/webhook/mo-main/callback';
		expect(dialledUrl(url, undefined)).toBe(url);
		expect(dialledUrl(url, ' http://n8n:5678/ ')).toBe('http://n8n:5678/webhook/mo-main/callback');
		expect(() => dialledUrl(url, 'n8n')).toThrow('n8n');
	});
});
