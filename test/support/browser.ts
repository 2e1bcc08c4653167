import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

const QUIET_FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** A headless browser with an empty profile, at the size the canvas is judged at. */
export async function openBrowser(): Promise<{
	page: Page;
	context: BrowserContext;
	close(): Promise<void>;
}> {
	const profile = await mkdtemp(join(tmpdir(), 'mo-browser-'));
	const context = await chromium.launchPersistentContext(profile, {
		executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
		headless: true,
		args: QUIET_FLAGS,
		viewport: { width: 1440, height: 900 },
	});
	const page = context.pages()[0] ?? (await context.newPage());
	page.setDefaultTimeout(15_000);
	return {
		page,
		context,
		close: async () => {
			await context.close();
			await rm(profile, { recursive: true, force: true });
		},
	};
}

/** Signs in to the editor as its owner. */
export async function signIn(page: Page, baseUrl: string, email: string, password: string): Promise<void> {
	await page.goto(`${baseUrl}/signin`);
	await page.fill('input[name=emailOrLdapLoginId]', email);
	await page.fill('input[type=password]', password);
	await page.click('[data-test-id=form-submit-button]');
	await page.waitForURL((url) => !url.pathname.includes('signin'), { timeout: 30_000 });
}
