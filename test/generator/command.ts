import { createProgram } from '../../generator/program';
import { reportFailure } from '../../generator/report-failure';

export interface Said {
	/** As the shell gets it. */
	status: number;
	stdout: string;
	stderr: string;
}

/** Runs the command line in this process, on a database; answers what an operator sees and the exit code. */
export async function command(databaseUrl: string, ...args: string[]): Promise<Said> {
	const said: Said = { status: 0, stdout: '', stderr: '' };
	const listen = (stream: 'stdout' | 'stderr') =>
		jest.spyOn(process[stream], 'write').mockImplementation((text) => {
			said[stream] += String(text);
			return true;
		});
	const spies = [listen('stdout'), listen('stderr')];
	const { DATABASE_URL: before } = process.env;
	process.env.DATABASE_URL = databaseUrl;
	try {
		await createProgram().parseAsync(['node', 'master-orchestrator', ...args]);
		said.status = Number(process.exitCode ?? 0);
	} catch (error) {
		const write = (line: string) => void (said.stderr += `${line}\n`);
		said.status = reportFailure(error, { verbose: args.includes('--verbose'), write });
	} finally {
		process.exitCode = undefined;
		if (before === undefined) delete process.env.DATABASE_URL;
		else process.env.DATABASE_URL = before;
		for (const spy of spies) spy.mockRestore();
	}
	return said;
}
