import fc from 'fast-check';
import { type JsonValue, redact } from '../../core';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { HARMLESS, SECRETS } from '../support/secret-cases';

let database: TestDatabase;
beforeAll(async () => void (database = await freshDatabase()));
afterAll(async () => database.drop());

async function inSql(values: JsonValue[]): Promise<unknown[]> {
	const [row] = await database.query(
		`select jsonb_agg(orchestrator.redact(v.value) order by v.n) as answers from jsonb_array_elements($1) with ordinality v(value, n)`,
		[JSON.stringify(values)],
	);
	return row?.answers as unknown[];
}

test('the database removes the same secrets as TypeScript and keeps the same rest', async () => {
	const values = [...SECRETS.map(([, value]) => value), ...HARMLESS];
	expect(await inSql(values)).toEqual(values.map((each) => redact(each)));
});

test('database and TypeScript agree on anything that is put together of secrets, names and signs', async () => {
	const part = fc.oneof(
		fc.constantFrom(
			...SECRETS.map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value))),
		),
		fc.constantFrom(
			'password',
			'Token',
			'apiKey',
			'secret',
			'Authorization',
			'Basic',
			'BEARER',
			'key',
			'?key',
			'Cookie',
		),
		fc.constantFrom(
			' ',
			'=',
			':',
			'": "',
			"': '",
			'\\"',
			'\n',
			'@',
			'://',
			'&',
			'/',
			'-----',
			'***',
			'ß',
			'İ',
			'K',
			' ',
		),
		fc.string({ unit: fc.constantFrom(...'abcXYZ0189._~+/=-"\'\\ {}[],;:<>') }),
	);
	const text = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
	const name = fc.constantFrom(
		'password',
		'x-api-key',
		'message',
		'stack',
		'fencingToken',
		'auth',
		'taskId',
		'Set_Cookie',
		'naïve',
	);
	const value = fc.oneof(
		text,
		fc.dictionary(
			name,
			fc.oneof(text, fc.integer(), fc.constant(null), fc.boolean(), fc.array(text, { maxLength: 2 })),
		),
	);
	for (const values of fc.sample(fc.array(value, { minLength: 100, maxLength: 100 }), 10)) {
		const answers = await inSql(values as JsonValue[]);
		values.forEach((each, n) => expect([each, answers[n]]).toEqual([each, redact(each as JsonValue)]));
	}
});
