import type { Command } from 'commander';
import type { QueueTarget } from '../../../core';
import type { DatabaseOptions } from '../../database';
import { InvalidInputError } from '../../failure';

export interface TargetOptions extends DatabaseOptions {
	type?: string;
	key?: string;
	json?: true;
}

/** Options of what is paused or weighed. Named, not guessed: a key often has the name of its type. */
export function addTargetOptions(command: Command): Command {
	return command
		.option('--type <workflow type>', 'this type with all of its fair keys')
		.option('--key <fair key>', 'this fair key alone; “queue keys” lists them');
}

export function targetOf({ type, key }: TargetOptions): QueueTarget {
	if (type !== undefined && key === undefined) return { workflowType: type };
	if (key !== undefined && type === undefined) return { fairKey: key };
	throw new InvalidInputError(
		type === undefined ? 'Neither --type nor --key was given.' : 'Both --type and --key were given.',
		'Give one of them, for example --type content_pipeline.',
	);
}

export function nameOf(target: QueueTarget): string {
	return 'fairKey' in target ? `Fair key ${target.fairKey}` : `Type ${target.workflowType}`;
}
