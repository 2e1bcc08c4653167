import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');
export const HOOK = join(__dirname, 'typescript-hook.cjs');
export const CONTEXT = { deployment: 'main', timezone: 'UTC' };
