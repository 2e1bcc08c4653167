import { InvalidArgumentError } from 'commander';

/** Parser of an option that is a number within bounds, fractions too. */
export function amount(least: number, most: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (/^\d+(\.\d+)?$/.test(text) && value >= least && value <= most) return value;
		throw new InvalidArgumentError(`Expected a number from ${least} to ${most}, got “${text}”.`);
	};
}

/** Parser of an option that is a whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (/^\d+$/.test(text) && value >= least && value <= most) return value;
		throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}, got “${text}”.`);
	};
}
