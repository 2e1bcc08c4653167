import { z } from 'zod/v4';
import type { EndpointPort } from '../orchestrator';
import type { Gateway } from './gateway';

type Endpoint = Parameters<EndpointPort['register']>[0];

/** Addresses at which workflows listen. */
export class EndpointStore implements EndpointPort {
	constructor(private readonly gateway: Gateway) {}

	async register({ deployment, kind, workflowType, url, test }: Endpoint): Promise<void> {
		const sql = 'select 1 as done from orchestrator.register_endpoint($1, $2, $3, $4, $5)';
		await this.gateway.rows(z.unknown(), sql, [deployment, kind, workflowType, url, test]);
	}

	async unregister({ deployment, kind, workflowType, url, test }: Endpoint): Promise<void> {
		const sql = 'select orchestrator.unregister_endpoint($1, $2, $3, $4, $5) as answer';
		await this.gateway.answer(z.boolean(), sql, [deployment, kind, workflowType, url, test]);
	}

	async find({ deployment, kind, workflowType, test }: Omit<Endpoint, 'url'>): Promise<string | null> {
		const sql = 'select orchestrator.find_endpoint($1, $2, $3, $4) as answer';
		return this.gateway.answer(z.string().nullable(), sql, [deployment, kind, workflowType, test]);
	}

	async disable(url: string, reason: string): Promise<void> {
		await this.gateway.answer(z.boolean(), 'select orchestrator.disable_endpoint($1, $2) as answer', [
			url,
			reason,
		]);
	}
}
