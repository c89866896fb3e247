import { toWireCall } from '../call/wire.ts';
import { toWireProblem } from '../errors/problem.ts';
import { openApp } from './open-app.ts';
import { readInput } from './read-input.ts';

interface CallOptions {
  input?: string;
  json?: string;
  stream?: boolean;
}

/** `tollgate call`: one call through the whole pipeline, its row in the same ledger as the server's. */
export async function call(tool: string, options: CallOptions): Promise<void> {
  const input = readInput(options);
  const { app } = openApp({ TOLLGATE_LOG_LEVEL: process.env['TOLLGATE_LOG_LEVEL'] ?? 'fatal' });
  const gone = new AbortController();
  process.once('SIGINT', () => {
    gone.abort();
  });
  try {
    const ended = await app.invoke({
      toolName: tool,
      input,
      labels: { feature: null, user: null, team: null },
      front: 'cli',
      signal: gone.signal,
      emit: ({ event, data }) => {
        if (!options.stream) return;
        if (event === 'delta') process.stdout.write(data.text);
        if (event === 'restart') process.stderr.write(`\n(${data.reason}: it begins anew)\n`);
      },
    });
    const meta = toWireCall(ended.call);
    if (ended.ok) {
      print(
        options.stream ? `\n${JSON.stringify(meta)}` : pretty({ output: ended.output, call: meta }),
      );
      return;
    }
    const context = { baseUrl: app.baseUrl, callId: ended.call.id };
    process.stderr.write(`${pretty(toWireProblem(ended.problem, context))}\n`);
    process.exitCode = 1;
  } finally {
    await app.close();
  }
}

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
