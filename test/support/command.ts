import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CLOCK_ENV } from './clock-env.ts';
import { runHere } from './command-here.ts';
import { IS_DEEP } from './depth.ts';
import { MAIN } from './fronts.ts';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
  /** What it reads on standard input. */
  input?: string;
  /** True: in the quick suite too; false: in the process of the test though it is a server, since it will not start. */
  asProcess?: boolean;
}

/** They end when they are told to, or read the standard input. */
const SERVERS = ['serve', 'mcp', 'simulator'];

/** Start `tollgate …` as a process of its own, with no environment but the given one. */
export function startCommand(args: readonly string[], { cwd, env }: RunOptions): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...CLOCK_ENV, HOME: cwd, ...env },
  });
}

/** Run `tollgate …` to its end: as a process where that can make a difference, and everywhere in the deep suite. */
export function runCommand(args: readonly string[], options: RunOptions): Promise<Ran> {
  const [command = ''] = args;
  const isProcess = IS_DEEP || options.input !== undefined || SERVERS.includes(command);
  return (options.asProcess ?? isProcess) ? runProcess(args, options) : runHere(args, options);
}

async function runProcess(args: readonly string[], options: RunOptions): Promise<Ran> {
  const child = startCommand(args, options);
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (ran.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
  child.stdin?.end(options.input ?? '');
  [ran.code] = (await once(child, 'close')) as [number | null];
  return ran;
}

export interface Serving {
  child: ChildProcess;
  url: string;
  banner: string;
  /** Settles with exit code and signal. */
  exited: Promise<unknown[]>;
}

/** `tollgate serve` on a free port, once it has said where it is. */
export async function startServe(options: RunOptions): Promise<Serving> {
  const child = startCommand(['serve', '--port', '0'], options);
  const exited = once(child, 'exit');
  let banner = '';
  child.stdout?.setEncoding('utf8');
  const ready = new Promise<void>((resolve) => {
    child.stdout?.on('data', (text: string) => {
      banner += text;
      if (banner.includes('Ctrl-C')) resolve();
    });
  });
  await Promise.race([
    ready,
    exited.then(([code]) => {
      throw new Error(`it ended with ${String(code)} before it served`);
    }),
  ]);
  const [, url = ''] = /is up: (\S+)/.exec(banner) ?? [];
  return { child, url, banner, exited };
}
