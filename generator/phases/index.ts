import type { GenerationContext, WorkflowDefinition } from '../definition';
import { phase2 } from './2';

/** Migration phases that this release can generate. */
export const PHASES: ReadonlyMap<number, (context: GenerationContext) => WorkflowDefinition[]> = new Map([
	[2, phase2],
]);
