import { z } from 'zod/v4';
import { articleTopic, assembleArticle, readCompletion } from '../../../core';
import { defineAction } from '../../shared/action';
import { taskItem } from '../../shared/flow';
import { jsonParameter, toJson } from '../../shared/json';

/** Makes an article of an outline and a draft, scores its form, and counts what both cost in tokens. */
export const assemble = defineAction({
	parameters: z.object({
		outlineResponse: jsonParameter(z.unknown()),
		draftResponse: jsonParameter(z.unknown()),
		task: jsonParameter(taskItem),
	}),
	async perform({ parameters }) {
		const outline = readCompletion(parameters.outlineResponse);
		const draft = readCompletion(parameters.draftResponse);
		const topic = articleTopic.parse(parameters.task.input);
		const article = assembleArticle(topic, outline, draft);
		return { json: toJson({ article, usage: [outline.usage, draft.usage] }) };
	},
});
