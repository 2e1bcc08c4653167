import { Command } from 'commander';
import { NUMBER_SETTINGS, type NumberSetting, TYPE_BOUNDS, type TypeChange } from '../../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../../database';
import { InvalidInputError } from '../../failure';
import { operator } from '../../operator';
import { amount, wholeNumber } from '../../option-number';
import { printJson, printLine } from '../../print';
import { DESCRIPTIONS, optionOf } from './settings';
import { describeType } from './show';

/** Commander knows no option that is null. */
const NONE = 'none';

type Given = { title?: string } & Partial<Record<NumberSetting, number | typeof NONE>>;

interface SetOptions extends DatabaseOptions, Given {
	create?: true;
	json?: true;
}

export function setCommand(): Command {
	const command = new Command('set')
		.description('Change a workflow type; what is not given stays as it is.')
		.argument('<type>', 'its name, as “type list” shows it')
		.option('--title <text>', 'what people call it');
	for (const setting of NUMBER_SETTINGS)
		command.option(`--${optionOf(setting)} <n>`, explained(setting), settingOf(setting));
	return command
		.option('--create', 'register the type if there is none of this name')
		.option('--json', 'the type as it is then, as JSON')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
It holds for what is decided from then on, and what runs goes on: --queue-limit-seconds for tasks that are enqueued later,
--dead-letter-days for those that die later. “none” takes a cadence or a limit of waiting away.
Examples:
  $ master-orchestrator type set content_pipeline --max-attempts 3 --queue-limit-seconds 3600
  $ master-orchestrator type set content_pipeline --cadence-seconds none
  $ master-orchestrator type set seo_monitor --create --title "SEO Monitor" --max-concurrent 1`,
		)
		.action(setType);
}

async function setType(workflowType: string, options: SetOptions): Promise<void> {
	const { create = false, json, databaseUrl: _, ...given } = options;
	const change = changeOf(given);
	if (Object.keys(change).length === 0 && !create)
		throw new InvalidInputError(
			'Nothing says what to change.',
			'Add an option, for example --max-attempts 3; “type show” has them all.',
		);
	const type = await withOrchestrator(
		options,
		async ({ types }) => await types.set(workflowType, change, { actor: operator(), create }),
	);
	if (json) return printJson(type);
	printLine(describeType(type));
}

/** The options have the names of the settings. */
function changeOf({ title, ...given }: Given): TypeChange {
	const numbers = NUMBER_SETTINGS.flatMap((name) =>
		given[name] === undefined ? [] : [[name, given[name] === NONE ? null : given[name]]],
	);
	return { ...(title !== undefined && { title }), ...Object.fromEntries(numbers) };
}

function explained(setting: NumberSetting): string {
	const { min, max, nullable } = TYPE_BOUNDS[setting];
	return `${DESCRIPTIONS[setting]}; ${min} to ${max}${nullable ? ', or none' : ''}`;
}

function settingOf(setting: NumberSetting): (text: string) => number | typeof NONE {
	const { min, max, whole, nullable } = TYPE_BOUNDS[setting];
	const number = whole ? wholeNumber(min, max) : amount(min, max);
	return (text) => (nullable && text === NONE ? NONE : number(text));
}
