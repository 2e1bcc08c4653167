import { readFile, writeFile } from 'node:fs/promises';

const BEGIN = '<!-- queue: begin -->';
const END = '<!-- queue: end -->';

/** Replaces what stands between the two marks, and nothing else. */
export async function writeTable(file, table) {
	const text = await readFile(file, 'utf8');
	const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
	if (begin < 0 || end < begin)
		throw new Error(`${file} has no place for the table: put “${BEGIN}” and “${END}” there.`);
	await writeFile(file, `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`);
}
