import { Command, Option } from 'commander';
import { InvalidInputError, parseSecret } from '../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { DEFAULT_DEPLOYMENT } from '../definitions/nodes';
import { sendSample } from '../send-sample';
import { printLine } from '../print';

interface SendTestOptions extends DatabaseOptions {
	type?: string;
	callback?: true;
	deployment: string;
}

export function sendTestCommand(): Command {
	return new Command('send-test')
		.description(
			'Post a signed sample to a trigger that listens for a test event in the editor. Nothing is settled.',
		)
		.option('--type <workflow type>', 'send a sample task to the Task Trigger of this type')
		.addOption(new Option('--callback', 'send a sample report to the Callback Receiver').conflicts('type'))
		.option('--deployment <name>', 'deployment whose trigger listens', DEFAULT_DEPLOYMENT)
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
First open the workflow in n8n and click “Listen for test event” on the trigger (or “Execute workflow”).
The secret of the credential Orchestrator Signing comes from ORCHESTRATOR_SIGNING_SECRET.
Examples:
  $ master-orchestrator send-test --type content_pipeline
  $ master-orchestrator send-test --callback`,
		)
		.action(sendTest);
}

async function sendTest({ type, callback, deployment, ...database }: SendTestOptions): Promise<void> {
	if (type === undefined && callback === undefined) {
		throw new InvalidInputError(
			'Nothing says where the sample goes.',
			'Add --type content_pipeline, or --callback.',
		);
	}
	const secret = parseSecret(process.env.ORCHESTRATOR_SIGNING_SECRET);
	const target =
		type === undefined ? { kind: 'callback' as const } : { kind: 'task' as const, workflowType: type };
	const message = await withOrchestrator(database, (orchestrator) =>
		sendSample(orchestrator, { target, deployment, secrets: [secret], now: new Date() }),
	);
	printLine(message);
}
