import type { GenerationContext, WorkflowDefinition } from '../definition';
import { mutexRecipe } from './mutex';
import { queueRecipe } from './queue';

/** Workflows that a document in docs/recipes leads through; each works without the orchestrator. */
export function recipes(context: GenerationContext): WorkflowDefinition[] {
	return [mutexRecipe(context), queueRecipe(context)];
}
