import { Argument, Command, InvalidArgumentError } from 'commander';
import { InvalidInputError, type ModelPort, type RegisteredModel } from '../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { operator } from '../operator';
import { printJson, printLine } from '../print';

type ModelChange = Parameters<ModelPort['set']>[0];

interface SetOptions extends DatabaseOptions {
	baseUrl?: string;
	model?: string;
	requestsPerMinute?: number;
	inputUsdPerMtok?: number;
	outputUsdPerMtok?: number;
	enable?: true;
	disable?: true;
}

export function modelCommand(): Command {
	return new Command('model')
		.description('Show or change the language models that tasks are given to.')
		.addCommand(listCommand())
		.addCommand(setCommand())
		.addHelpText(
			'after',
			`
Examples:
  $ master-orchestrator model list
  $ master-orchestrator model set openai --model gpt-4o-mini --requests-per-minute 50`,
		);
}

function listCommand(): Command {
	return new Command('list')
		.description('Show the registered models.')
		.option('--json', 'the same as JSON')
		.addOption(databaseOption())
		.addHelpText('after', '\nExample:\n  $ master-orchestrator model list')
		.action(async ({ json, ...database }: DatabaseOptions & { json?: true }) => {
			const models = await withOrchestrator(
				database,
				async (orchestrator) => await orchestrator.models.list(),
			);
			if (json) return printJson(models);
			for (const model of models) printLine(describe(model));
		});
}

function setCommand(): Command {
	return new Command('set')
		.description('Change a provider; what is not given stays as it is. Keys stay in n8n credentials.')
		.addArgument(new Argument('<provider>', 'who answers').choices(['openai', 'gemini']))
		.option('--base-url <address>', 'start of the API address, without a slash at the end', readAddress)
		.option('--model <name>', 'name of the model at the provider')
		.option('--requests-per-minute <number>', 'your limit there', readCount)
		.option('--input-usd-per-mtok <price>', 'US dollars per million input tokens', readPrice)
		.option('--output-usd-per-mtok <price>', 'US dollars per million output tokens', readPrice)
		.option('--enable', 'give it tasks')
		.option('--disable', 'give it no more tasks')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Examples:
  $ master-orchestrator model set openai --base-url https://api.openai.com/v1
  $ master-orchestrator model set gemini --disable`,
		)
		.action(setModel);
}

async function setModel(provider: RegisteredModel['provider'], options: SetOptions): Promise<void> {
	const change = changeOf(options);
	if (Object.keys(change).length === 0) {
		throw new InvalidInputError(
			'Nothing says what to change.',
			'Add an option, for example --requests-per-minute 50.',
		);
	}
	const model = await withOrchestrator(
		options,
		async ({ models }) => await models.set({ provider, actor: operator(), ...change }),
	);
	printLine(describe(model));
}

/** Only what was given: an undefined would count as a change. */
function changeOf({ enable, disable, ...options }: SetOptions): Omit<ModelChange, 'provider'> {
	const { baseUrl, model, requestsPerMinute, inputUsdPerMtok, outputUsdPerMtok } = options;
	if (enable && disable)
		throw new InvalidInputError('Both --enable and --disable were given.', 'Give one of them.');
	return {
		...(baseUrl === undefined ? {} : { baseUrl }),
		...(model === undefined ? {} : { model }),
		...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
		...(inputUsdPerMtok === undefined ? {} : { inputUsdPerMtok }),
		...(outputUsdPerMtok === undefined ? {} : { outputUsdPerMtok }),
		...(enable || disable ? { enabled: enable === true } : {}),
	};
}

function describe(model: RegisteredModel): string {
	const state = model.enabled ? 'enabled' : 'disabled';
	const price = `$${model.inputUsdPerMtok ?? '?'} in, $${model.outputUsdPerMtok ?? '?'} out per million tokens`;
	return `${model.provider}: ${model.model}, ${model.baseUrl}, ${model.requestsPerMinute}/min, ${price}, ${state}`;
}

function readAddress(text: string): string {
	const address = URL.canParse(text) ? new URL(text) : null;
	if (address === null || !/^https?:$/.test(address.protocol) || address.username || address.password) {
		throw new InvalidArgumentError('It must be an http or https address without a password.');
	}
	return text.replace(/\/+$/, '');
}

function readCount(text: string): number {
	if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
	return Number(text);
}

function readPrice(text: string): number {
	if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('It must be a number, 0 or more.');
	return Number(text);
}
