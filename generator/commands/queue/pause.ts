import { Command } from 'commander';
import type { Pause, PauseAnswer } from '../../../core';
import { databaseOption, withOrchestrator } from '../../database';
import { operator } from '../../operator';
import { plain } from '../../plain-text';
import { printJson, printLine } from '../../print';
import { addTargetOptions, nameOf, type TargetOptions, targetOf } from './target';

export function pauseCommand(): Command {
	return addTargetOptions(new Command('pause'))
		.description('Hold a type or a fair key: nothing more of it is taken, what runs goes on.')
		.requiredOption('--reason <text>', 'why; Explain shows it to whoever asks')
		.option('--json', 'the answer as JSON')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Examples:
  $ master-orchestrator queue pause --type content_pipeline --reason "the provider is down"
  $ master-orchestrator queue pause --key content_pipeline:news --reason "too many of them"`,
		)
		.action(pause);
}

export function resumeCommand(): Command {
	return addTargetOptions(new Command('resume'))
		.description(
			'Let a type or a fair key go on. A key that is paused by itself stays held when its type goes on.',
		)
		.option('--json', 'the answer as JSON')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Examples:
  $ master-orchestrator queue resume --type content_pipeline
  $ master-orchestrator queue resume --key content_pipeline:news`,
		)
		.action(resume);
}

async function pause({ reason, ...options }: TargetOptions & { reason: string }): Promise<void> {
	const target = targetOf(options);
	const answer = await withOrchestrator(
		options,
		async ({ queue }) => await queue.pause(target, { actor: operator(), reason }),
	);
	report(answer, nameOf(target), options);
}

async function resume(options: TargetOptions): Promise<void> {
	const target = targetOf(options);
	const answer = await withOrchestrator(
		options,
		async ({ queue }) => await queue.resume(target, { actor: operator() }),
	);
	report(answer, nameOf(target), options);
}

function report(answer: PauseAnswer, name: string, { json }: TargetOptions): void {
	if (json) return printJson(answer);
	const already = answer.changed ? '' : 'already ';
	const state = answer.pause === null ? `${answer.changed ? 'goes on' : 'was not paused'}` : undefined;
	printLine(`${name} ${state ?? `is ${already}${pausedBy(answer.pause)}`}.`);
}

export function pausedBy(pause: Pause | null): string {
	if (pause === null) return 'not paused';
	const { at, by, reason } = pause;
	return plain(`paused by ${by} since ${at.toISOString()}${reason === null ? '' : ` (${reason})`}`);
}
