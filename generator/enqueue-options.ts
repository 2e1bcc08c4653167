import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { type Debounce, jsonObject, type TaskOverrides } from '../core';
import type { DatabaseOptions } from './database';
import { InvalidInputError } from './failure';
import { faultsOf, successors, type TaskDefaults } from './new-task';
import { executionId, taskNumber } from './option-task';
import { amount, wholeNumber } from './option-number';
import { time } from './option-time';

const DAY = 86_400;
/** Ten times the longest quiet time, as without the option. */
const LONGEST_DEBOUNCE = 10 * DAY;

export interface EnqueueOptions extends DatabaseOptions {
	type: string;
	file?: string;
	input?: string;
	priority?: number;
	idempotencyKey?: string;
	notBefore?: Date;
	expires?: Date;
	debounceKey?: string;
	debounceSeconds?: number;
	debounceMaxSeconds?: number;
	debounceKeep?: 'first' | 'last';
	maxAttempts?: number;
	limitSeconds?: number;
	backoffBaseSeconds?: number;
	backoffCeilingSeconds?: number;
	backoffJitterSeconds?: number;
	deliveryRetries?: number;
	context?: string;
	successors?: string;
	parentTask?: string;
	parentExecution?: string;
	json?: true;
}

export function addTaskOptions(command: Command): Command {
	return command
		.option('--type <workflow type>', 'workflow type of the tasks', 'content_pipeline')
		.option(
			'--priority <n>',
			'1 (low) to 10 (urgent); not of a CSV file, whose rows have theirs',
			wholeNumber(1, 10),
		)
		.option('--idempotency-key <key>', 'with --input: the same key is the same task')
		.option('--not-before <time>', 'earliest start, e.g. 2026-11-01T08:00:00Z', time)
		.option('--expires <time>', 'who was not taken until then dies', time)
		.option(
			'--debounce-key <key>',
			'with --input: of the sends with this key that follow each other, one task runs',
		)
		.option('--debounce-seconds <n>', 'how soon they follow each other', amount(0.001, DAY))
		.option(
			'--debounce-max-seconds <n>',
			'it starts after this time even if sends go on; without it ten times as long',
			amount(0.001, LONGEST_DEBOUNCE),
		)
		.addOption(
			new Option('--debounce-keep <send>', 'whose input it gets; without it that of the last').choices([
				'first',
				'last',
			]),
		)
		.option('--max-attempts <n>', 'failures until it is dead, in place of its type’s', wholeNumber(1, 100))
		.option(
			'--limit-seconds <n>',
			'longest duration of the work, in place of its type’s',
			wholeNumber(1, DAY),
		)
		.option('--backoff-base-seconds <n>', 'wait after the first failure', amount(0, DAY))
		.option('--backoff-ceiling-seconds <n>', 'longest wait between tries', amount(0, DAY))
		.option('--backoff-jitter-seconds <n>', 'chance added to each wait', amount(0, 3600))
		.option(
			'--delivery-retries <n>',
			'deliveries repeated after a refusal before it counts as a failure',
			wholeNumber(0, 100),
		)
		.option('--context <json>', 'labels for its history, a JSON object; the workflow does not receive them')
		.option('--successors <file.json>', 'tasks to enqueue when it ends: an array, see docs/queue.md')
		.option('--parent-task <task>', 'the task that it follows', taskNumber)
		.option('--parent-execution <id>', 'the execution on whose behalf it is enqueued', executionId);
}

/** What the options say of every task that does not say it itself. */
export async function defaultsOf(options: EnqueueOptions): Promise<TaskDefaults> {
	const { type, priority, notBefore, expires, successors: file, parentTask, parentExecution } = options;
	const overrides = overridesOf(options);
	return {
		workflowType: type,
		...(priority !== undefined && { priority }),
		...(notBefore && { notBefore }),
		...(expires && { expiresAt: expires }),
		...(parentTask !== undefined && { parentTaskId: parentTask }),
		...(parentExecution !== undefined && { parentExecutionId: parentExecution }),
		...(options.context !== undefined && { context: contextOf(options.context) }),
		...(file !== undefined && { successors: await readSuccessors(file) }),
		...(Object.keys(overrides).length > 0 && { overrides }),
	};
}

/** Which of the three sources: one task from --input, lines from --file, rows of a CSV file. */
export function sourceOf(csv: string | undefined, options: EnqueueOptions): 'csv' | 'lines' | 'one' {
	const { file, input } = options;
	const given = [csv, file, input].filter((each) => each !== undefined).length;
	if (given !== 1) {
		throw new InvalidInputError(
			given === 0 ? 'Nothing says what to enqueue.' : 'More than one source of tasks was given.',
			'Give one of: a CSV file, --file tasks.jsonl, --input \'{"topic": "Tea"}\'.',
		);
	}
	const source = csv !== undefined ? 'csv' : file !== undefined ? 'lines' : 'one';
	refuseOthers(source, options);
	return source;
}

/** An option that would be ignored is refused: the operator believes that it counts. */
function refuseOthers(source: 'csv' | 'lines' | 'one', options: EnqueueOptions): void {
	const { priority, idempotencyKey, debounceKey, debounceSeconds, debounceMaxSeconds, debounceKeep } =
		options;
	if (source === 'csv' && priority !== undefined)
		throw new InvalidInputError('--priority was given with a CSV file.', 'Its rows have a column priority.');
	const debounces = debounceKey ?? debounceSeconds ?? debounceMaxSeconds ?? debounceKeep;
	if (source !== 'one' && (idempotencyKey ?? debounces) !== undefined) {
		throw new InvalidInputError(
			'--idempotency-key and --debounce-… were given for many tasks.',
			'They belong to one task, with --input; lines of a file name their own.',
		);
	}
	if (debounces !== undefined && (debounceKey === undefined || debounceSeconds === undefined))
		throw new InvalidInputError(
			'--debounce-key and --debounce-seconds go together.',
			'Give both, for example --debounce-key crm --debounce-seconds 30.',
		);
}

/** Undefined: the task is not debounced. */
export function debounceOf({
	debounceKey: key,
	debounceSeconds: seconds,
	debounceMaxSeconds: maxSeconds,
	debounceKeep: keep,
}: EnqueueOptions): Debounce | undefined {
	if (key === undefined || seconds === undefined) return undefined;
	return { key, seconds, ...(maxSeconds !== undefined && { maxSeconds }), ...(keep && { keep }) };
}

const OVERRIDES = [
	'maxAttempts',
	'limitSeconds',
	'backoffBaseSeconds',
	'backoffCeilingSeconds',
	'backoffJitterSeconds',
	'deliveryRetries',
] as const satisfies Array<keyof TaskOverrides>;

function overridesOf(options: EnqueueOptions): TaskOverrides {
	return Object.fromEntries(
		OVERRIDES.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
	);
}

function contextOf(text: string) {
	const checked = jsonObject.safeParse(jsonOf(text, '--context'));
	if (checked.success) return checked.data;
	throw new InvalidInputError(
		`--context is no JSON object: ${faultsOf(checked.error)}.`,
		'Give labels such as \'{"campaign": "spring"}\'.',
	);
}

async function readSuccessors(file: string) {
	const checked = successors.safeParse(jsonOf(await textOf(file), file));
	if (checked.success) return checked.data;
	throw new InvalidInputError(
		`${file} has no successors: ${faultsOf(checked.error)}.`,
		'Write an array such as [{"workflowType": "seo_monitor", "when": "succeeded"}].',
	);
}

/** `-` is standard input. */
export async function textOf(file: string): Promise<string> {
	try {
		return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
	} catch (cause) {
		throw new InvalidInputError(`Cannot read ${file}.`, 'Give the path of a file that exists.', { cause });
	}
}

/** Without the parser's words: they repeat what stands there. */
export function jsonOf(text: string, where: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new InvalidInputError(`${where} is not JSON.`, 'Correct it; nothing was enqueued.');
	}
}
