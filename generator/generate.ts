import { InvalidInputError, InvalidWorkflowError } from './failure';
import type { GenerationContext, WorkflowDefinition } from './definition';
import { PHASES } from './phases';
import { recipes } from './recipes';
import { render, toFileText } from './render';
import { legacySamples } from './samples';
import { stateMachines } from './state-machines';
import { validate } from './validate';
import { isTimezone } from './validate/settings';

/** A file to be written: its name and its exact text. */
export interface GeneratedFile {
	name: string;
	text: string;
}

/** Files that belong into one folder. */
export interface GeneratedFolder {
	/** Relative, with slashes. */
	folder: string;
	files: GeneratedFile[];
}

const DEPLOYMENT = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** All files of a phase. Throws instead of giving a file that breaks a rule; writes nothing. */
export function generatePhase(phase: number, context: GenerationContext): GeneratedFile[] {
	const define = PHASES.get(phase);
	if (!define) {
		const known = [...PHASES.keys()].join(', ');
		throw new InvalidInputError(`There is no phase ${phase}.`, `Use one of the phases that exist: ${known}.`);
	}
	return generateFiles(define, context);
}

/** The sample cron workflows of an operator who has no orchestrator yet. */
export const generateSamples = (context: GenerationContext): GeneratedFile[] =>
	generateFiles(legacySamples, context);

/** The workflows of docs/recipes, under the same promises. */
export const generateRecipes = (context: GenerationContext): GeneratedFile[] =>
	generateFiles(recipes, context);

/** Everything that can be generated, by the folder in which it stands in the repository and in the package. */
export const generateAll = (context: GenerationContext): GeneratedFolder[] => [
	...[...PHASES.keys()].map((phase) => ({
		folder: `workflows/phase-${phase}`,
		files: generatePhase(phase, context),
	})),
	{ folder: 'workflows/legacy', files: generateSamples(context) },
	{ folder: 'docs/recipes', files: generateRecipes(context) },
	{ folder: 'docs', files: [stateMachines()] },
];

function generateFiles(
	define: (context: GenerationContext) => WorkflowDefinition[],
	context: GenerationContext,
): GeneratedFile[] {
	checkContext(context);
	return define(context).map((definition) => {
		const workflow = render(definition, context.deployment);
		const findings = validate(workflow);
		if (findings.length > 0) throw new InvalidWorkflowError(workflow.name, findings);
		return { name: `${definition.key}.json`, text: toFileText(workflow) };
	});
}

function checkContext({ deployment, timezone }: GenerationContext): void {
	if (!DEPLOYMENT.test(deployment)) {
		throw new InvalidInputError(
			`The deployment “${deployment}” does not fit into a webhook path.`,
			'Use 1 to 40 lower-case letters, digits and inner hyphens, for example main or staging-2.',
		);
	}
	if (!isTimezone(timezone)) {
		throw new InvalidInputError(
			`The time zone “${timezone}” is unknown.`,
			'Use an IANA name, for example UTC, Europe/Berlin or America/New_York.',
		);
	}
}
