import { startSimulator } from '../simulator/server.ts';
import { UsageError } from './fail.ts';

/** `tollgate simulator`: the simulated Messages API alone, until a signal comes. */
export async function simulator(options: { port: string; speed: string }): Promise<void> {
  const port = wholeNumber(options.port, 'port', 65_535);
  const speed = Number(options.speed);
  if (!(speed > 0))
    throw new UsageError(`--speed must be a number above 0, not "${options.speed}"`);
  const running = await startSimulator({ port, speed });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void running.close());
  }
  process.stdout.write(`simulated Messages API: ${running.url}
what it would have billed: ${running.url}/_sim/ledger

ANTHROPIC_BASE_URL=${running.url} ANTHROPIC_API_KEY=any-key <your program>
`);
}

function wholeNumber(text: string, name: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= max) return number;
  throw new UsageError(`--${name} must be a whole number from 0 to ${String(max)}, not "${text}"`);
}
