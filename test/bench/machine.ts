import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

const git = (...args: string[]): string => {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
};

/** One minute's load average, as a number between processes that want to run and those that may. */
export const loadNow = (): string => (loadavg()[0] ?? 0).toFixed(2);

/** Where the figures come from: they mean little without it. */
export function machine(): string {
  const cores = cpus();
  const changed = git('status', '--porcelain', '--', 'src', 'tools', 'schemas', 'prompts') !== '';
  const commit = `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`;
  const memory = `${String(Math.round(totalmem() / 2 ** 30))} GB`;
  return [
    `${String(cores.length)} cores (${cores[0]?.model.trim() ?? 'unknown'}), ${memory}`,
    `Node ${process.version}`,
    `commit ${commit}`,
    new Date().toISOString().slice(0, 10),
  ].join(', ');
}
