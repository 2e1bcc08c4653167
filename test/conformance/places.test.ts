import { UnknownWorkflowTypeError } from '../../core';
import { TYPE } from '../postgres/scenario';
import { conform } from './conform';
import { OTHER_TYPE } from './house';

const URL = 'http://127.0.0.1:5678/webhook/a';
const NEWER = 'http://127.0.0.1:5678/webhook/b';
const place = { deployment: 'blue', kind: 'task' as const, workflowType: TYPE, test: false };

conform('endpoints', (house) => {
	test('an address is found at its place, and nowhere else', async () => {
		const { endpoints } = house().ports;
		await endpoints.register({ ...place, url: URL });
		expect(await endpoints.find(place)).toBe(URL);
		expect(await endpoints.find({ ...place, deployment: 'green' })).toBeNull();
		expect(await endpoints.find({ ...place, workflowType: OTHER_TYPE })).toBeNull();
		expect(await endpoints.find({ ...place, kind: 'callback', workflowType: null })).toBeNull();
	});

	test('a test address is a place of its own', async () => {
		const { endpoints } = house().ports;
		await endpoints.register({ ...place, url: URL });
		await endpoints.register({ ...place, test: true, url: NEWER });
		expect(await endpoints.find(place)).toBe(URL);
		expect(await endpoints.find({ ...place, test: true })).toBe(NEWER);
	});

	test('the newest address of a place wins, and only it can be taken back', async () => {
		const { endpoints } = house().ports;
		await endpoints.register({ ...place, url: URL });
		await endpoints.register({ ...place, url: NEWER });
		await endpoints.unregister({ ...place, url: URL });
		expect(await endpoints.find(place)).toBe(NEWER);
		await endpoints.unregister({ ...place, url: NEWER });
		expect(await endpoints.find(place)).toBeNull();
	});

	test('a disabled address is not found until it is registered again', async () => {
		const { endpoints } = house().ports;
		await endpoints.register({ ...place, url: URL });
		await endpoints.disable(URL, '410 Gone');
		expect(await endpoints.find(place)).toBeNull();
		await endpoints.register({ ...place, url: URL });
		expect(await endpoints.find(place)).toBe(URL);
	});

	test('an unknown type has no address', async () => {
		const { endpoints } = house().ports;
		const unknown = { ...place, workflowType: 'nobody', url: URL };
		await expect(endpoints.register(unknown)).rejects.toThrow(UnknownWorkflowTypeError);
	});
});

conform('models', (house) => {
	const names = async () =>
		(await house().ports.models.list()).map(({ provider, model, enabled }) => [provider, model, enabled]);

	test('a new database has one model of each provider, with prices', async () => {
		expect(await house().ports.models.list()).toMatchObject([
			{ provider: 'gemini', requestsPerMinute: 60, inputUsdPerMtok: 0.1, enabled: true },
			{ provider: 'openai', requestsPerMinute: 50, outputUsdPerMtok: 0.6, enabled: true },
		]);
	});

	test('a change leaves what it does not name', async () => {
		const { models } = house().ports;
		const changed = await models.set({ provider: 'openai', requestsPerMinute: 7, actor: 'Kim' });
		expect(changed).toEqual({
			provider: 'openai',
			model: 'gpt-4o-mini',
			baseUrl: 'https://api.openai.com/v1',
			requestsPerMinute: 7,
			inputUsdPerMtok: 0.15,
			outputUsdPerMtok: 0.6,
			enabled: true,
		});
		expect((await models.list())[1]).toEqual(changed);
	});

	test('another model takes the place, address and limit of the enabled one, but not its prices', async () => {
		const { models } = house().ports;
		const next = await models.set({ provider: 'openai', model: 'gpt-5', inputUsdPerMtok: 2 });
		expect(next).toMatchObject({
			model: 'gpt-5',
			baseUrl: 'https://api.openai.com/v1',
			requestsPerMinute: 50,
			inputUsdPerMtok: 2,
			outputUsdPerMtok: null,
			enabled: true,
		});
		expect((await names()).slice(1)).toEqual([
			['openai', 'gpt-5', true],
			['openai', 'gpt-4o-mini', false],
		]);
	});

	test('the one before comes back with its own prices', async () => {
		const { models } = house().ports;
		await models.set({ provider: 'openai', model: 'gpt-5' });
		const back = await models.set({ provider: 'openai', model: 'gpt-4o-mini' });
		expect(back).toMatchObject({ inputUsdPerMtok: 0.15, outputUsdPerMtok: 0.6, enabled: true });
		expect((await names()).slice(1)).toEqual([
			['openai', 'gpt-4o-mini', true],
			['openai', 'gpt-5', false],
		]);
	});

	test('a provider can be switched off and on', async () => {
		const { models } = house().ports;
		expect(await models.set({ provider: 'gemini', enabled: false })).toMatchObject({ enabled: false });
		expect((await names())[0]).toEqual(['gemini', 'gemini-2.0-flash', false]);
		expect(await models.set({ provider: 'gemini', enabled: true })).toMatchObject({ enabled: true });
	});
});
