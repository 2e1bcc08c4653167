import { z } from 'zod/v4';
import {
	type StoppedZombie,
	stopZombies as stopEach,
	zombiesElsewhere,
	type ZombieRegister,
} from '../../../core';
import { defineOnce, type Services } from '../../shared/action';
import { explain } from '../../shared/node-error';
import { toJson } from '../../shared/json';
import { stopBy } from '../n8n-executions';

/** A pass asks for no more: the rest follows in the next. */
const MOST = 10;

/**
 * S10: asks the n8n that runs this node to stop what was taken away and still works in it. A pass goes on whatever comes of it:
 * nothing that a zombie reports is applied anyway, stopping it only saves its costs.
 */
export const stopZombies = defineOnce({
	parameters: z.object({}),
	groupOf: () => 'this execution',
	async perform(_call, services) {
		const { runs } = await services.orchestrator();
		const known = await runs.zombies();
		// What runs in other n8n is left to this node there, or to the command with the address and the key of that n8n.
		const elsewhere = zombiesElsewhere(known, services.instanceId);
		// Almost every pass finds none at all, and asks the database once.
		const outcomeHere = known.length === 0 ? NOTHING : await stopKnown(runs, services);
		const zombies = { ...outcomeHere, elsewhere: toJson(elsewhere) };
		return (json) => ({ json: { ...json, zombies } });
	},
});

const NOTHING = { known: 0, stopped: 0, running: 0, message: 'Nothing to stop.' };
const NO_KEY =
	'executions that were taken away may still run in n8n. To have them stopped, choose a credential “Orchestrator n8n API” ' +
	'in this node (an API key with the scope execution:stop), or run: master-orchestrator recover --stop-zombies --instance';

async function stopKnown(runs: ZombieRegister, services: Services) {
	const request = { n8nInstance: services.instanceId, limit: MOST };
	const known = (await runs.zombies(request)).length;
	if (known === 0) return NOTHING;
	try {
		const access = await services.n8nApi();
		if (access === null)
			return { known, stopped: 0, running: known, message: `${known} ${NO_KEY} ${services.instanceId}` };
		return outcome(known, await stopEach(runs, stopBy(access, services.post), request));
	} catch (error) {
		const { message, action } = explain(error);
		const running = (await runs.zombies(request)).length;
		return { known, stopped: known - running, running, message: `${message} ${action}` };
	}
}

function outcome(known: number, asked: StoppedZombie[]) {
	const stopped = asked.filter(({ ended }) => ended).length;
	return {
		known,
		stopped,
		running: asked.length - stopped,
		message: `${asked.length} asked to stop, ${stopped} of them run no more.`,
	};
}
