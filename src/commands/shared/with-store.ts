import { readConfigHere } from '../../config/here.ts';
import type { Config } from '../../config/read.ts';
import { ProblemError } from '../../errors/problem.ts';
import { openStore } from '../../stores/open.ts';
import type { Store } from '../../stores/ports/store.ts';

/**
 * Work with the store of the settings, and close it. Whoever can open the database is the owner: no key is asked for.
 * A problem is told in a sentence, and the process ends with 1.
 */
export async function withStore(
  work: (store: Store, config: Config) => Promise<void>,
  tell: (error: ProblemError) => string = ({ message }) => message,
): Promise<void> {
  const config = readConfigHere();
  const store = openStore(config.db);
  try {
    await work(store, config);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    process.stderr.write(`tollgate: ${tell(error)}\n`);
    process.exitCode = 1;
  } finally {
    await store.close();
  }
}
