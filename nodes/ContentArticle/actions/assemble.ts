import { z } from 'zod/v4';
import { articleTopic, assembleArticle, usage } from '../../../core';
import { defineAction } from '../../shared/action';
import { taskItem } from '../../shared/flow';
import { jsonParameter, toJson } from '../../shared/json';

/** Makes an article of an outline and a draft and scores its form. The last call in `usage` is the one that signs. */
export const assemble = defineAction({
	parameters: z.object({
		outline: z.string().trim().min(1),
		draft: z.string().trim().min(1),
		usage: jsonParameter(z.array(usage).min(1)),
		task: jsonParameter(taskItem),
	}),
	async perform({ json, parameters: { outline, draft, usage: calls, task } }) {
		const { provider = '', model = '' } = calls.at(-1) ?? {};
		const topic = articleTopic.parse(task.input);
		const article = assembleArticle(topic, { outline, draft, provider, model });
		return { json: { ...json, article: toJson(article) } };
	},
});
