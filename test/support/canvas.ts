import type { Page } from 'playwright-core';

/** What a stranger sees on an open canvas after zoom-to-fit. */
export interface CanvasFindings {
	nodes: number;
	stickies: number;
	/** Pairs of nodes whose boxes overlap, and nodes that lie in no sticky or in several. */
	overlapping: string[];
	notInOneSticky: string[];
	/** Nodes without an icon picture (n8n shows “?”). */
	withoutIcon: string[];
	/** Node names that are cut with an ellipsis. */
	truncated: string[];
}

/** Zooms to fit and looks at the boxes that the browser really drew. */
export async function lookAtCanvas(page: Page, screenshot: string): Promise<CanvasFindings> {
	await page.waitForTimeout(500);
	await page.locator('[data-test-id="zoom-to-fit"]').click();
	await page.waitForTimeout(1200);
	await page.screenshot({ path: screenshot });
	return page.evaluate(() => {
		const boxOf = (element: Element) => element.getBoundingClientRect();
		const stickies = [...document.querySelectorAll('.vue-flow__node')]
			.filter((element) => element.querySelector('[data-test-id="canvas-node"]') === null)
			.map(boxOf);
		const nodes = [...document.querySelectorAll('[data-test-id="canvas-node"]')].map((element) => ({
			element,
			name: element.getAttribute('data-node-name') ?? '',
			box: boxOf(element),
		}));
		const overlap = (a: DOMRect, b: DOMRect) =>
			a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
		const inside = (a: DOMRect, b: DOMRect) =>
			a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
		const pairs = <T extends { name: string; box: DOMRect }>(items: T[]) =>
			items.flatMap((a, index) =>
				items
					.slice(index + 1)
					.filter((b) => overlap(a.box, b.box))
					.map((b) => `${a.name} × ${b.name}`),
			);
		return {
			nodes: nodes.length,
			stickies: stickies.length,
			overlapping: [
				...pairs(nodes),
				...pairs(stickies.map((box, index) => ({ name: `sticky ${index + 1}`, box }))),
			],
			notInOneSticky: nodes
				.filter(({ box }) => stickies.filter((sticky) => inside(box, sticky)).length !== 1)
				.map(({ name }) => name),
			withoutIcon: nodes
				.filter(({ element }) => {
					const picture = element.querySelector('img');
					return (
						element.querySelector('svg, img') === null ||
						(picture !== null && picture.naturalWidth === 0) ||
						/^\s*\?\s*$/.test(element.textContent ?? '')
					);
				})
				.map(({ name }) => name),
			truncated: nodes
				.filter(({ element, name }) => {
					const label = [...element.querySelectorAll('div')].find(
						(each) => each.children.length === 0 && each.textContent?.trim() === name,
					);
					return (
						label !== undefined &&
						(label.scrollWidth > label.clientWidth + 1 || label.scrollHeight > label.clientHeight + 2)
					);
				})
				.map(({ name }) => name),
		};
	});
}
