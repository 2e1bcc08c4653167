import { Command } from 'commander';
import { NUMBER_SETTINGS, type RegisteredType, UnknownWorkflowTypeError } from '../../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../../database';
import { plain } from '../../plain-text';
import { printJson, printLine } from '../../print';
import { DESCRIPTIONS, optionOf, shownSetting } from './settings';

interface ShowOptions extends DatabaseOptions {
	json?: true;
}

export function showCommand(): Command {
	return new Command('show')
		.description('Show every setting of a workflow type, by the name of its option of “type set”.')
		.argument('<type>', 'its name, as “type list” shows it')
		.option('--json', 'the same as JSON')
		.addOption(databaseOption())
		.addHelpText('after', '\nExample:\n  $ master-orchestrator type show content_pipeline')
		.action(async (name: string, { json, ...database }: ShowOptions) => {
			const types = await withOrchestrator(database, async (door) => await door.types.list());
			const type = types.find(({ workflowType }) => workflowType === name);
			if (type === undefined) throw unknownType(name, types);
			if (json) return printJson(type);
			printLine(describeType(type));
		});
}

/** A line a setting. */
export function describeType(type: RegisteredType): string {
	const names = NUMBER_SETTINGS.map((setting) => optionOf(setting));
	const width = Math.max(...names.map(({ length }) => length));
	const settings = NUMBER_SETTINGS.map(
		(setting) =>
			`  ${optionOf(setting).padEnd(width)}  ${shownSetting(type, setting).padStart(8)}  ${DESCRIPTIONS[setting]}`,
	);
	const pause =
		type.pause === null ? [] : [`  paused by ${plain(type.pause.by)} since ${type.pause.at.toISOString()}`];
	return [`${type.workflowType}: ${plain(type.title)}`, ...pause, ...settings].join('\n');
}

function unknownType(name: string, types: readonly RegisteredType[]): UnknownWorkflowTypeError {
	const known = types.map(({ workflowType }) => workflowType).join(', ');
	return new UnknownWorkflowTypeError(
		`unknown workflow type "${name}"; known: ${known}.`,
		'Use one of the known types, or register yours: master-orchestrator type set <type> --create.',
	);
}
