import { InvalidArgumentError } from 'commander';
import { z } from 'zod/v4';

/** Parser of an execution's id, as `history executions` shows it. */
export function executionId(text: string): string {
	if (z.uuid().safeParse(text).success) return text;
	throw new InvalidArgumentError(`Expected the id of an execution, a UUID, got “${text}”.`);
}
