/** Rows of the result: what, the figure, its spread, the target and whether it was met. */
export class Report {
	rows = [];

	/** A figure with a target. `ratio`: as `ratioOf` answers it. */
	judge(section, what, ratio, { atMost, atLeast }, detail) {
		const met = atMost === undefined ? ratio.median >= atLeast : ratio.median <= atMost;
		const target = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
		this.add({ section, what, figure: spread(ratio), target, met: met ? 'yes' : 'no', detail });
	}

	/** A figure beside it, which nobody demands. */
	note(section, what, figure, detail = '') {
		this.add({
			section,
			what,
			figure: typeof figure === 'string' ? figure : spread(figure),
			target: '',
			met: '',
			detail,
		});
	}

	add(row) {
		this.rows.push(row);
		const judged = row.target === '' ? '' : ` (want ${row.target}: ${row.met})`;
		console.log(`queue, ${row.section}, ${row.what}: ${row.figure}${judged}${row.detail && `; ${row.detail}`}`);
	}

	get unmet() {
		return this.rows.filter(({ met }) => met === 'no');
	}

	markdown() {
		const line = (cells) => `| ${cells.join(' | ')} |`;
		return [
			line(['section', 'what', 'figure', 'target', 'met', 'detail']),
			line(Array(6).fill('---')),
			...this.rows.map(({ section, what, figure, target, met, detail }) =>
				line([section, what, figure, target, met, detail]),
			),
		].join('\n');
	}
}

const spread = ({ median, least, most }) => `${two(median)} (${two(least)}–${two(most)})`;
export const two = (value) => value.toFixed(2);
export const whole = (value) => Math.round(value).toLocaleString('en-US');
