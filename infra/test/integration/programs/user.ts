/** Joins the shared environment of a state directory for a test, tells its address, and stays: `node user.ts <dir>`. */
import { joinEnvironment } from '../../../environment/index.ts';

const { environment } = await joinEnvironment('bench', process.argv[2] ?? '');
process.stdout.write(`${environment.postgresUrl}\n`);
setInterval(() => undefined, 1000);
