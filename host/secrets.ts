import { hash } from 'bcryptjs';
import { randomBytes } from 'node:crypto';
import { z } from 'zod/v4';
import type { Owner } from './n8n-environment';
import { readIfThere, writePrivate } from './private-file';

const schema = z.object({
	ownerEmail: z.string(),
	ownerPassword: z.string(),
	ownerPasswordHash: z.string(),
	encryptionKey: z.string(),
	/** `whsec_` + base64 of 32 bytes, as Standard Webhooks writes it. */
	signingSecret: z.string(),
});
export type HostSecrets = z.infer<typeof schema>;

/** What was generated at the first start; the file is readable by its owner only. */
export async function rememberedSecrets(file: string): Promise<HostSecrets> {
	const known = await readIfThere(file);
	if (known !== null) return schema.parse(JSON.parse(known));
	const ownerPassword = `Mo1-${randomBytes(9).toString('base64url')}`;
	const secrets: HostSecrets = {
		ownerEmail: 'owner@orchestrator.local',
		ownerPassword,
		ownerPasswordHash: await hash(ownerPassword, 10),
		encryptionKey: randomBytes(24).toString('hex'),
		signingSecret: `whsec_${randomBytes(32).toString('base64')}`,
	};
	await writePrivate(file, JSON.stringify(secrets, null, 2));
	return secrets;
}

export const ownerOf = (secrets: HostSecrets): Owner => ({
	email: secrets.ownerEmail,
	firstName: 'Master',
	lastName: 'Orchestrator',
	password: secrets.ownerPassword,
	passwordHash: secrets.ownerPasswordHash,
});
