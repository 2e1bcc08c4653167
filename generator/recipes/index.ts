import type { GenerationContext, WorkflowDefinition } from '../definition';
import { mutexRecipe } from './mutex';

/** Workflows that a document in docs/recipes leads through; each works without the orchestrator. */
export function recipes(context: GenerationContext): WorkflowDefinition[] {
	return [mutexRecipe(context)];
}
