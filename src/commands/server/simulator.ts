import { readFileSync } from 'node:fs';
import { ApiError } from '../../simulator/errors.ts';
import { startSimulator } from '../../simulator/server.ts';
import type { Simulator, SimulatorOptions } from '../../simulator/server.ts';
import { UsageError } from '../shared/fail.ts';

/** `tollgate simulator`: the simulated Messages API alone, until a signal comes. */
export async function simulator(options: {
  port: string;
  speed: string;
  script?: string;
}): Promise<void> {
  const port = wholeNumber(options.port, 'port', 65_535);
  const speed = Number(options.speed);
  if (!(speed > 0))
    throw new UsageError(`--speed must be a number above 0, not "${options.speed}"`);
  const { script } = options;
  const running = await (script === undefined
    ? startSimulator({ port, speed })
    : startWithScript({ port, speed }, script));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void running.close());
  }
  process.stdout.write(`simulated Messages API: ${running.url}
what it would have billed: ${running.url}/_sim/ledger
faults it can have, and the rules: ${running.url}/_sim/faults

ANTHROPIC_BASE_URL=${running.url} ANTHROPIC_API_KEY=any-key <your program>
`);
}

async function startWithScript(options: SimulatorOptions, file: string): Promise<Simulator> {
  try {
    return await startSimulator({ ...options, faults: readScript(file) });
  } catch (error) {
    if (error instanceof ApiError) throw new UsageError(`--script ${file}: ${error.message}`);
    throw error;
  }
}

/** The simulator checks the rules itself and says what is wrong with them. */
function readScript(file: string): NonNullable<SimulatorOptions['faults']> {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text) as NonNullable<SimulatorOptions['faults']>;
  } catch {
    throw new UsageError(`--script ${file}: the file is not valid JSON`);
  }
}

function wholeNumber(text: string, name: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= max) return number;
  throw new UsageError(`--${name} must be a whole number from 0 to ${String(max)}, not "${text}"`);
}
