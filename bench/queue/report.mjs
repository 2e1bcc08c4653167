import { availableParallelism, loadavg } from 'node:os';

/** The figures as they come: printed at once, and a table at the end. */
export class Report {
	rows = [];

	constructor({ caller, postgres }) {
		this.place = { caller, postgres, load: loadavg()[0] };
		console.log(`queue, called by ${caller}; Postgres ${postgres}`);
	}

	/** A figure with a target. `ratio`: as `ratioOf` answers it. */
	judge(section, what, ratio, { atMost, atLeast }, detail = '') {
		const met = atMost === undefined ? ratio.median >= atLeast : ratio.median <= atMost;
		const target = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
		this.#add({ section, what, figure: spread(ratio), target, met: met ? 'yes' : 'no', detail });
	}

	/** A figure beside it, which nobody demands. */
	note(section, what, ratio, detail = '') {
		this.#add({ section, what, figure: spread(ratio), target: '', met: '', detail });
	}

	#add(row) {
		this.rows.push(row);
		const { section, what, figure, target, met, detail } = row;
		const judged = target === '' ? '' : ` (want ${target}: ${met})`;
		console.log(`queue, ${section}, ${what}: ${figure}${judged}${detail && `; ${detail}`}`);
	}

	markdown() {
		const { caller, postgres, load } = this.place;
		const line = (cells) => `| ${cells.join(' | ')} |`;
		const head = ['section', 'what', 'median (least–most)', 'target', 'met', 'detail'];
		return [
			`${availableParallelism()} cores, load average ${two(load)} before and ${two(loadavg()[0])} after, Node ${process.versions.node},`,
			`Postgres ${postgres}, called by ${caller}.`,
			'',
			line(head),
			line(head.map(() => '---')),
			...this.rows.map(({ section, what, figure, target, met, detail }) =>
				line([section, what, figure, target, met, detail]),
			),
		].join('\n');
	}
}

const spread = ({ median, least, most }) => `${two(median)} (${two(least)}–${two(most)})`;
export const two = (value) => value.toFixed(2);
export const whole = (value) => Math.round(value).toLocaleString('en-US');
