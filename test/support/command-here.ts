import { vi } from 'vitest';
import { runProgram } from '../../src/commands/program.ts';
import type { Ran, RunOptions } from './command.ts';

let before: Promise<unknown> = Promise.resolve();

/**
 * The same command as a process would run it, in this one: it saves the half second in which a process reads our
 * modules. One at a time, since folder, environment and outputs are the process's own.
 */
export function runHere(args: readonly string[], options: RunOptions): Promise<Ran> {
  const ran = before.then(() => runAlone(args, options));
  before = ran.catch(() => undefined);
  return ran;
}

async function runAlone(args: readonly string[], { cwd, env }: RunOptions): Promise<Ran> {
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  const undo = [
    capture('stdout', (text) => (ran.stdout += text)),
    capture('stderr', (text) => (ran.stderr += text)),
    moveTo(cwd, { HOME: cwd, ...env }),
    forgetSignals(),
  ];
  try {
    await runProgram([...args]);
    ran.code = Number(process.exitCode ?? 0);
  } finally {
    for (const each of undo) each();
  }
  return ran;
}

function capture(name: 'stdout' | 'stderr', take: (text: string) => void): () => void {
  const spy = vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
    take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    return true;
  });
  return () => {
    spy.mockRestore();
  };
}

function moveTo(cwd: string, env: Record<string, string>): () => void {
  const here = process.cwd();
  const own = { env: process.env, exitCode: process.exitCode };
  process.chdir(cwd);
  process.env = env;
  process.exitCode = undefined;
  return () => {
    process.chdir(here);
    Object.assign(process, own);
  };
}

/** A command listens for those that end its process. */
function forgetSignals(): () => void {
  const names = ['SIGINT', 'SIGTERM'] as const;
  const own = names.map((name) => process.listeners(name));
  return () => {
    names.forEach((name, nth) => {
      for (const listener of process.listeners(name))
        if (!own[nth]?.includes(listener)) process.off(name, listener);
    });
  };
}
