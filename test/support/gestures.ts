import type { FileChooser, Locator, Page } from 'playwright-core';
import { until } from './verdict';

/** What the recipe leaves to the person who follows it. */
export interface Person {
	/** Values for “Fill in … of your …”, by the label of the field. */
	fields: Record<string, string>;
	/** The file that was saved under this name. */
	file(name: string): string;
	/** Waits until the workflow is as far as the sentence says, in words of the recipe. */
	waitFor(what: string): Promise<void>;
	url: string;
}

interface Hand {
	page: Page;
	person: Person;
	/** The file dialog that the last click opened. */
	dialog: { open: FileChooser | null };
}

type Gesture = (hand: Hand, ...texts: string[]) => Promise<void>;

const BOLD = String.raw`\*\*([^*]+)\*\*`;
const CODE = '`([^`]+)`';

/** Every sentence that a recipe may use: bold is what stands on the screen, code is what is typed. */
const GESTURES: ReadonlyArray<[pattern: string, gesture: Gesture]> = [
	[`Open ${BOLD}`, open],
	[`Click ${BOLD}(?: beside the name)?`, click],
	[`Click ${BOLD} in the dialog`, clickInDialog],
	[`Click ${BOLD} or ${BOLD}`, clickOneOf],
	[`Point at ${BOLD} and click ${BOLD}`, pointAndClick],
	[`Double-click ${BOLD}`, doubleClick],
	[`Type ${CODE} into ${BOLD}`, type],
	[`Tick ${BOLD}`, tick],
	[`Pick ${BOLD} from ${BOLD}`, pick],
	[`Choose ${BOLD} as ${BOLD}`, chooseOption],
	[`Choose the file ${CODE}`, chooseFile],
	[String.raw`Save the file \[${CODE}\]\([^)]+\) on your computer`, save],
	[`Fill in (.+) of your Postgres`, fillIn],
	[`Wait for (.+)`, async ({ person }, what = '') => await person.waitFor(what)],
	[`You see ${BOLD}`, see],
	[`Click a run of (milliseconds|seconds)`, clickRun],
	[`The node ${BOLD} has a green tick, the node ${BOLD} has none`, seeTicks],
];

/** What a sentence asks for; a sentence that is no known gesture is a fault of the recipe, or of this list. */
export function gestureOf(sentence: string): (hand: Hand) => Promise<void> {
	for (const [pattern, gesture] of GESTURES) {
		const match = new RegExp(`^${pattern}$`).exec(sentence);
		if (match !== null) return async (hand) => await gesture(hand, ...match.slice(1));
	}
	throw new Error(
		`“${sentence}” is no gesture that the test of the recipe knows; expected one like “Click **Save**”.`,
	);
}

/** A hand on the page of a signed-in person. */
export function handOf(page: Page, person: Person): Hand {
	const dialog: Hand['dialog'] = { open: null };
	page.on('filechooser', (chooser) => (dialog.open = chooser));
	return { page, person, dialog };
}

/** Where n8n's menu leads; the menu itself folds away on a small screen. */
const PLACES: Readonly<Record<string, string>> = {
	'Settings → Community nodes': '/settings/community-nodes',
	'Overview → Credentials': '/home/credentials',
	'Overview → Workflows': '/home/workflows',
};

async function open({ page, person }: Hand, place = ''): Promise<void> {
	const path = PLACES[place];
	if (path === undefined)
		throw new Error(`n8n has no place “${place}”, only ${Object.keys(PLACES).join(', ')}.`);
	await page.goto(`${person.url}${path}`);
}

/** Buttons that show a sign instead of a word, by what n8n calls them. */
const SIGNS: Readonly<Record<string, string>> = {
	'⋯': '[data-test-id="workflow-menu"]',
	'✕': '[data-test-id="ndv-close-button"], .el-dialog__headerbtn',
};

async function click({ page }: Hand, label = ''): Promise<void> {
	const sign = SIGNS[label];
	await onTop(sign === undefined ? clickable(page, label) : page.locator(sign)).click();
}

async function clickInDialog({ page }: Hand, label = ''): Promise<void> {
	await onTop(page.getByRole('dialog').getByRole('button', { name: label, exact: true })).click();
}

/** What stands there depends on what the instance has already. */
async function clickOneOf({ page }: Hand, one = '', other = ''): Promise<void> {
	await page.getByText(one, { exact: true }).or(clickable(page, other)).first().click();
}

const clickable = (page: Page, label: string): Locator =>
	page
		.getByRole('button', { name: label, exact: true })
		.or(page.getByRole('radio', { name: label, exact: true }))
		.or(page.getByRole('menuitem', { name: label, exact: true }));

/** Of several the last one: n8n draws dialogs and menus behind the page in its document, so they come later. */
const onTop = (found: Locator): Locator => found.filter({ visible: true }).last();

const node = (page: Page, name: string): Locator =>
	page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);

/** A node shows its buttons when the pointer is on it; so does an entry of a menu. */
async function pointAndClick({ page }: Hand, target = '', label = ''): Promise<void> {
	const onCanvas = node(page, target);
	if ((await onCanvas.count()) === 0) {
		await onTop(clickable(page, target)).hover();
		return await onTop(clickable(page, label)).click();
	}
	// The message of an earlier run must not stand for the one of this.
	await page.getByRole('alert').filter({ hasText: 'executed' }).waitFor({ state: 'hidden' });
	await onCanvas.hover();
	const trigger = page.locator(`[data-test-id="execute-workflow-button-${target}"]`, { hasText: label });
	await trigger
		.or(onCanvas.getByRole('button', { name: label, exact: true }))
		.first()
		.click();
}

async function doubleClick({ page }: Hand, name = ''): Promise<void> {
	await node(page, name).dblclick();
}

/** The input that stands nearest to the label. */
const field = (page: Page, label: string): Locator =>
	page
		.locator(`xpath=//*[text()[normalize-space(.)="${label}"]]/ancestor::*[.//input][1]//input`)
		.filter({ visible: true })
		.last();

async function type({ page }: Hand, text = '', label = ''): Promise<void> {
	await field(page, label).fill(text);
}

async function fillIn(hand: Hand, labels = ''): Promise<void> {
	for (const [, label = ''] of labels.matchAll(new RegExp(BOLD, 'g'))) {
		const value = hand.person.fields[label];
		if (value === undefined) throw new Error(`The person has no value for “${label}”.`);
		await type(hand, value, label);
	}
}

async function tick({ page }: Hand, label = ''): Promise<void> {
	await onTop(page.getByText(label)).click();
}

async function pick({ page }: Hand, option = '', placeholder = ''): Promise<void> {
	await page.getByPlaceholder(placeholder).fill(option);
	await onTop(page.locator('[role=option]').filter({ has: page.getByText(option, { exact: true }) })).click();
}

async function chooseOption({ page }: Hand, option = '', label = ''): Promise<void> {
	await field(page, label).click();
	await onTop(page.getByRole('option', { name: option, exact: true })).click();
}

async function save({ person }: Hand, name = ''): Promise<void> {
	person.file(name);
}

async function chooseFile({ page, person, dialog }: Hand, name = ''): Promise<void> {
	const opened = await until('the file dialog is open', async () => dialog.open, 10_000);
	await opened.setFiles(person.file(name));
	await page.locator('[data-test-id="canvas-node"]').first().waitFor();
}

async function see({ page }: Hand, text = ''): Promise<void> {
	await onTop(page.getByText(text)).waitFor({ timeout: 120_000 });
}

/** n8n writes “14ms” and “15.02s”. */
const TOOK: Readonly<Record<string, RegExp>> = {
	milliseconds: /Succeeded\s*in \d+ms/,
	seconds: /Succeeded\s*in \d+(\.\d+)?s/,
};

async function clickRun({ page }: Hand, took = ''): Promise<void> {
	const runs = page.locator('[data-test-id^="execution-details-"]');
	await runs.filter({ hasText: TOOK[took] }).first().click();
}

async function seeTicks({ page }: Hand, done = '', untouched = ''): Promise<void> {
	const mark = '[data-test-id="canvas-node-status-success"]';
	await node(page, done).locator(mark).waitFor();
	if ((await node(page, untouched).locator(mark).count()) > 0) throw new Error(`“${untouched}” has run.`);
}
