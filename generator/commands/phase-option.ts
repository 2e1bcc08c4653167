import { Option } from 'commander';

/** The migration phases that can be validated and rolled back so far. */
export const phaseOption = (): Option =>
	new Option('--phase <number>', 'migration phase; 1 = locks in existing workflows')
		.choices(['1'])
		.makeOptionMandatory();
