import { z } from 'zod/v4';
import {
	DatabaseBusyError,
	DatabaseError,
	DatabaseLoginError,
	DatabaseUnreachableError,
	IllegalTransitionError,
	InvalidInputError,
	OrchestratorError,
	PayloadTooLargeError,
	SchemaOutdatedError,
	SlotLostError,
	UnknownWorkflowTypeError,
} from '../errors';

/** Both ways to migrate; every message about a missing schema names them. */
export const MIGRATE_ACTION =
	'Run `master-orchestrator migrate`, or run the State Machine Controller node with the action “Set Up Database”.';

const UNREACHABLE_ACTION =
	'Check host, port and TLS setting of the Orchestrator Postgres credential and that Postgres runs.';
const LOGIN_ACTION = 'Check user, password and database of the Orchestrator Postgres credential.';
const PRIVILEGE_ACTION =
	'Run `grant orchestrator_worker to` this login, as the role that migrated. To migrate, a login needs CREATE on the database and CREATEROLE.';
const TRANSITION_ACTION =
	'Choose a state that is legal from there; `master-orchestrator task` and `history` show what happened before.';
const BUSY_ACTION = 'Try again in a moment.';

type Make = (message: string, cause: unknown) => OrchestratorError;

/** One line per SQLSTATE that means something to an operator. */
const BY_STATE: Readonly<Record<string, Make>> = {
	OR002: (message, cause) => new IllegalTransitionError(`${message}.`, TRANSITION_ACTION, { cause }),
	OR003: (message, cause) =>
		new UnknownWorkflowTypeError(
			`${message}.`,
			'Use one of the known types, or register yours: `master-orchestrator type set <type> --create`.',
			{ cause },
		),
	OR004: (message, cause) =>
		new PayloadTooLargeError(`${message}.`, 'Store the data elsewhere and enqueue a reference to it.', {
			cause,
		}),
	OR005: (message, cause) =>
		new InvalidInputError(`${message}.`, readError(cause).hint ?? correctionOf(message), { cause }),
	OR006: (message, cause) =>
		new SlotLostError(`${message}.`, 'Nothing to do: the heartbeat that took over does the work.', { cause }),
	'22P05': (_, cause) =>
		new InvalidInputError('The input has the character \\u0000, which Postgres cannot store.', 'Remove it.', {
			cause,
		}),
	// Values that the database cannot read or that lie outside of what it stores: the caller's, not a defect of ours.
	'22P02': badValue,
	'22003': badValue,
	'22007': badValue,
	'22008': badValue,
	'22023': badValue,
	'23514': badValue,
	'28P01': login,
	'28000': login,
	'3D000': login,
	'42501': (message, cause) =>
		new DatabaseLoginError(
			`The login lacks a privilege: ${message}.`,
			readError(cause).hint ?? PRIVILEGE_ACTION,
			{ cause },
		),
	'53300': (message, cause) =>
		new DatabaseUnreachableError(
			`Postgres has no free connection: ${message}.`,
			'Lower the connections of other clients, or raise the limit of this role.',
			{ cause },
		),
	'3F000': schemaMissing,
	'42P01': schemaMissing,
	'42883': schemaMissing,
	'55P03': busy,
	'40P01': busy,
	'40001': busy,
	'57014': busy,
	'57P01': unreachable,
	'57P03': unreachable,
};

/** Our functions begin with the field that is wrong: “task 3: successor 1: priority must be …”. */
function correctionOf(message: string): string {
	const field = /^(?:[a-z]+ \d+: )*([A-Za-z.]+) must /.exec(message)?.[1];
	return field === undefined
		? 'Correct what the message names; nothing was changed.'
		: `Give “${field}” a value as the message expects it; nothing was changed.`;
}

/** What Node's code says of the address behind it. n8n replaces a message that has such a code, address and all. */
const UNREACHABLE_CODES: ReadonlyMap<string, string> = new Map([
	['ECONNREFUSED', 'nothing listens at'],
	['ENOTFOUND', 'there is no host'],
	['EAI_AGAIN', 'the name server gives no answer for'],
	['ETIMEDOUT', 'no answer in time from'],
	['EHOSTUNREACH', 'no way leads to'],
	['ENETUNREACH', 'no way leads to'],
	['ECONNRESET', 'the connection was cut'],
	['EPIPE', 'the connection was cut'],
]);

/** Wraps whatever node-postgres threw. The connection's password is no part of any of its messages, nor of ours. */
export function toOrchestratorError(error: unknown): OrchestratorError {
	if (error instanceof OrchestratorError) return error;
	const { code, message } = readError(error);
	if (code === 'ERR_INVALID_URL') return invalidUrl();
	const make = code === undefined ? undefined : BY_STATE[code];
	if (make) return make(message, error);
	if (code !== undefined && UNREACHABLE_CODES.has(code)) return unreachable(inWords(message), error);
	// node-postgres gives these two no code.
	if (
		/timeout|Connection terminated|does not support SSL|self.signed certificate/i.test(message) &&
		!isSqlState(code)
	) {
		return unreachable(message, error);
	}
	return new DatabaseError(`The database answered: ${message}`, isSqlState(code) ? code : undefined, {
		cause: error,
	});
}

/** Codes after which the schema is looked at again: it may have gone since the pool's first look. */
export function isSchemaFailure(error: unknown): boolean {
	return error instanceof SchemaOutdatedError;
}

/** Reads by shape, not by class: an error of another realm (a VM context) is no `instanceof Error` here. */
export function readError(error: unknown): { code?: string; message: string; hint?: string } {
	const shape = thrown.safeParse(error);
	if (!shape.success) return { message: String(error) };
	const { code, message, hint, errors } = shape.data;
	// Several addresses of one name were tried: the first failure stands for all.
	return errors?.[0] !== undefined && message === '' ? readError(errors[0]) : { code, message, hint };
}

const thrown = z.object({
	message: z.string(),
	code: z.string().optional().catch(undefined),
	/** What Postgres, or a function of ours, says to do. */
	hint: z.string().optional().catch(undefined),
	errors: z.array(z.unknown()).optional().catch(undefined),
});

/** Without a cause: Node's own error carries the whole address, password included. */
function invalidUrl(): OrchestratorError {
	return new InvalidInputError(
		'The database address is not a valid URL.',
		'Write postgresql://user:password@host:5432/database; percent-encode special characters of the password.',
	);
}

/** “connect ECONNREFUSED 127.0.0.1:1” → “nothing listens at 127.0.0.1:1”. */
function inWords(message: string): string {
	return message.replace(/^\w+ (E[A-Z_]+)/, (whole, code: string) => UNREACHABLE_CODES.get(code) ?? whole);
}

function isSqlState(code: string | undefined): boolean {
	return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !UNREACHABLE_CODES.has(code);
}

function badValue(message: string, cause: unknown): OrchestratorError {
	return new InvalidInputError(
		`The database refuses a value: ${message}.`,
		'Correct the value that it names: its kind (number, instant, UUID, JSON) or its bounds. Nothing was stored.',
		{ cause },
	);
}

function login(message: string, cause: unknown): OrchestratorError {
	return new DatabaseLoginError(`Postgres refuses the login: ${message}.`, LOGIN_ACTION, { cause });
}

function schemaMissing(message: string, cause: unknown): OrchestratorError {
	return new SchemaOutdatedError(
		`The orchestrator's schema is missing or incomplete: ${message}.`,
		MIGRATE_ACTION,
		{ cause },
	);
}

function busy(message: string, cause: unknown): OrchestratorError {
	return new DatabaseBusyError(`Another transaction is in the way: ${message}.`, BUSY_ACTION, { cause });
}

function unreachable(message: string, cause: unknown): OrchestratorError {
	return new DatabaseUnreachableError(`Postgres does not answer: ${message}.`, UNREACHABLE_ACTION, { cause });
}
