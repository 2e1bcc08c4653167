import { Command } from 'commander';
import { WEIGHT_BOUNDS } from '../../../core';
import { databaseOption, withOrchestrator } from '../../database';
import { operator } from '../../operator';
import { wholeNumber } from '../../option-number';
import { printJson, printLine } from '../../print';
import { addTargetOptions, nameOf, type TargetOptions, targetOf } from './target';

export function weightCommand(): Command {
	const { min, max } = WEIGHT_BOUNDS;
	return addTargetOptions(new Command('weight'))
		.description('Give a type or a fair key its share of the slots: weight 2 gets twice what weight 1 gets.')
		.argument('<weight>', `a whole number from ${min} to ${max}`, wholeNumber(min, max))
		.option('--json', 'the answer as JSON')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
The weight of a type reaches its new keys, and those that still have the type's weight.
Examples:
  $ master-orchestrator queue weight 3 --key content_pipeline:news
  $ master-orchestrator queue weight 2 --type content_pipeline`,
		)
		.action(weigh);
}

async function weigh(weight: number, options: TargetOptions): Promise<void> {
	const target = targetOf(options);
	const keysChanged = await withOrchestrator(
		options,
		async ({ queue }) => await queue.setWeight(target, weight, { actor: operator() }),
	);
	if (options.json) return printJson({ keysChanged });
	printLine(`${nameOf(target)} has weight ${weight}; fair keys changed: ${keysChanged}.`);
}
