import fc from 'fast-check';
import { redact, redactText } from '../../core';
import { HARMLESS, SECRETS } from '../support/secret-cases';

const uuid = fc.uuid();
const hash = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 64 });
const id = fc.oneof(
	uuid,
	hash,
	hash.map((each) => `msg_${each}`),
	fc.bigInt({ min: 1n, max: 10n ** 18n }).map(String),
	fc
		.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
		.map((each) => each.toISOString()),
);
const word = fc.constantFrom(
	'task',
	'execution',
	'run',
	'slot',
	'lock',
	'webhook-id',
	'idempotency key',
	'hash',
	'epoch',
);

test('no id, hash or instant is taken for a secret, in a field or in a sentence', () => {
	fc.assert(
		fc.property(id, word, fc.constantFrom(' ', ': ', '=', ' = '), (value, name, sign) => {
			expect(redact({ [name]: value, list: [value] })).toEqual({ [name]: value, list: [value] });
			const text = `${name}${sign}${value} failed`;
			expect(redactText(text)).toBe(text);
		}),
	);
});

test('removing secrets twice changes nothing more, and nothing ever throws', () => {
	const samples = [...SECRETS.map(([, value]) => value), ...HARMLESS].map((each) => JSON.stringify(each));
	const text = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc
			.array(fc.oneof(fc.constantFrom(...samples), fc.string()), { maxLength: 4 })
			.map((each) => each.join(' ')),
	);
	fc.assert(
		fc.property(text, (each) => {
			const once = redactText(each);
			expect(redactText(once)).toBe(once);
		}),
	);
});
