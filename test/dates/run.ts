/**
 * `npm run test:dates`: the whole suite at other moments and in other zones than today's and here. libfaketime moves
 * the clock below Node, so that threads, SQLite and child processes have the same; timers stay as they are. Ends with
 * 1 if one of the runs failed. With a number it runs only the moment of that number in each zone.
 */
import { spawnSync } from 'node:child_process';
import { momentsIn, ZONES, type Moment } from './moments.ts';

const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', '.config/vitest.config.ts'];

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Where the library is that `faketime` loads; Debian and others keep it in folders of their own. */
function findLibrary(): string {
  const args = ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'];
  const { stdout, status } = spawnSync('faketime', args, { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  say('test:dates moves the clock with faketime. Install it first: apt-get install faketime');
  process.exit(2);
}

/** @returns whether the suite passed */
function runAt({ what, at }: Moment, zone: string, library: string): boolean {
  say(`\n== ${new Date(at).toISOString()}, ${what}, in ${zone}`);
  const { status } = spawnSync(process.execPath, [...VITEST, '--reporter', 'dot'], {
    stdio: 'inherit',
    env: {
      ...process.env,
      LD_PRELOAD: library,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      TZ: zone,
      // An offset, since a fixed start would begin anew with each process.
      FAKETIME: `+${String(Math.round((at - Date.now()) / 1_000))}`,
    },
  });
  return status === 0;
}

const library = findLibrary();
const [only] = process.argv.slice(2).map(Number);
const failed: string[] = [];
for (const zone of ZONES)
  for (const [nth, moment] of momentsIn(zone, Date.now()).entries()) {
    if (only !== undefined && only !== nth + 1) continue;
    if (!runAt(moment, zone, library)) failed.push(`${moment.what} in ${zone}`);
  }
say(failed.length === 0 ? '\nThe suite passes at all of them.' : `\nFailed: ${failed.join('; ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
