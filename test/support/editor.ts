import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { until } from './verdict';

/** What a person does in the n8n editor, one function a gesture. Nothing here calls an API. */
export interface Editor {
	installPackage(name: string): Promise<void>;
	/** Opens “Add credential”, picks the type, fills the fields and saves. Answers what the credential test said. */
	createCredential(type: string, fields: Record<string, string>): Promise<string>;
	/** Imports a workflow file on an empty canvas and answers the new workflow's id. */
	importFile(path: string): Promise<string>;
	/** In the settings of the open workflow: “Save successful production executions”, “Do not save”. */
	saveNoSuccesses(): Promise<void>;
	/** Publishes the open workflow: `published`, or the text of the message that refused it. */
	publish(): Promise<{ published: true } | { published: false; message: string }>;
	/** Presses “Execute workflow” and waits for the toast that ends it. */
	execute(): Promise<string>;
	/** Waits for the message that n8n pushes into the corner, and answers its text. */
	waitForToast(text: RegExp, timeoutMs: number): Promise<string>;
	open(workflowId: string): Promise<void>;
}

const slug = (name: string) => name.toLowerCase().replaceAll(' ', '-');

/** The form may put its default back while it is being filled: what counts is what stands there in the end. */
async function fillIn(input: Locator, value: string): Promise<void> {
	await until(
		'a field keeps what was typed',
		async () => {
			await input.fill(value);
			await input.page().waitForTimeout(100);
			return (await input.inputValue()) === value;
		},
		10_000,
	);
}

/** `pictures`: folder for a picture of every form that is filled. */
export function editorOf(page: Page, baseUrl: string, pictures: string): Editor {
	const byId = (id: string) => page.locator(`[data-test-id="${id}"]`);
	const open = async (path: string) => {
		await page.goto(`${baseUrl}${path}`);
		await page.waitForLoadState('domcontentloaded');
	};

	const waitForToast = async (text: RegExp, timeout: number) => {
		const toast = page.locator('[role=alert]').filter({ hasText: text }).first();
		await toast.waitFor({ timeout });
		return (await toast.innerText()).replace(/\s+/g, ' ');
	};

	return {
		async installPackage(name) {
			await open('/settings/community-nodes');
			await page.locator('button', { hasText: 'Install' }).first().click();
			await byId('package-name-input').fill(name);
			await byId('user-agreement-checkbox').click();
			await byId('install-community-package-button').click();
			await byId('communityPackageInstall-modal').waitFor({ state: 'hidden', timeout: 120_000 });
			await page.getByText(name).first().waitFor();
		},

		async createCredential(type, fields) {
			await open('/home/credentials');
			await byId('add-resource-credential').first().click();
			await byId('new-credential-type-select').locator('input').fill(type);
			await byId('new-credential-type-select-option')
				.filter({ has: page.getByText(type, { exact: true }) })
				.click();
			await byId('new-credential-type-button').click();
			for (const [field, value] of Object.entries(fields)) {
				await fillIn(byId(`parameter-input-${field}`).locator('input'), value);
			}
			await page.screenshot({ path: join(pictures, `credential-${slug(type)}.png`) });
			await byId('credential-save-button').click();
			const verdict = byId('credential-edit-dialog')
				.getByText(/tested successfully|Couldn.t connect/)
				.first();
			await verdict.waitFor({ timeout: 30_000 });
			const answer = (await verdict.innerText()).trim();
			await page.keyboard.press('Escape');
			await byId('credential-edit-dialog').waitFor({ state: 'hidden' });
			return answer;
		},

		async importFile(path) {
			await open('/workflow/new');
			await byId('workflow-import-input').waitFor({ state: 'attached' });
			await byId('canvas-wrapper').waitFor();
			await byId('workflow-import-input').setInputFiles(path);
			await byId('canvas-node').first().waitFor();
			await page.waitForURL(/\/workflow\/(?!new)[A-Za-z0-9]+/, { timeout: 30_000 });
			return new URL(page.url()).pathname.split('/')[2] ?? '';
		},

		async saveNoSuccesses() {
			await byId('workflow-menu').click();
			await byId('workflow-menu-item-settings').click();
			await byId('workflow-settings-save-success-executions').click();
			await page.getByRole('option', { name: 'Do not save' }).filter({ visible: true }).last().click();
			await byId('workflow-settings-save-button').locator('button').click();
			await byId('workflow-settings-dialog').waitFor({ state: 'hidden' });
		},

		async publish() {
			await byId('workflow-open-publish-modal-button').click();
			await byId('workflow-publish-button').click();
			// A first publishing says so in a dialog, a repeated one only in the header.
			const done = page
				.getByText('Workflow published')
				.or(byId('workflow-open-publish-modal-button').filter({ hasText: 'Published' }))
				.first();
			const refused = page
				.getByText(/Conflicting (Webhook|Trigger) Path|could not be (published|activated)|Problem/)
				.first();
			await done.or(refused).first().waitFor({ timeout: 20_000 });
			if (await done.isVisible()) return { published: true };
			const dialog = page.locator('[role=dialog], [role=alert]').filter({ has: refused }).first();
			return { published: false, message: (await dialog.innerText()).replace(/\s+/g, ' ') };
		},

		async execute() {
			await byId('execute-workflow-button').first().click();
			return await waitForToast(/executed|Problem|Error/, 60_000);
		},

		waitForToast,

		open: async (workflowId) => {
			await open(`/workflow/${workflowId}`);
			await byId('canvas-node').first().waitFor();
		},
	};
}
