import { quietLog } from '../../config/here.ts';
import { toWireCall } from '../../core/call/wire.ts';
import { invoke, pretty, print } from '../shared/invoke.ts';
import { openApp } from '../shared/open-app.ts';
import { readInput } from '../shared/read-input.ts';

interface CallCommandOptions {
  input?: string;
  json?: string;
  stream?: boolean;
}

/** `tollgate call`: one call through the whole pipeline, its row in the same ledger as the server's. */
export async function call(tool: string, options: CallCommandOptions): Promise<void> {
  const input = readInput(options);
  const { app } = openApp(quietLog());
  const gone = new AbortController();
  process.once('SIGINT', () => {
    gone.abort();
  });
  try {
    const ended = await invoke(app, {
      toolName: tool,
      input,
      signal: gone.signal,
      emit: ({ event, data }) => {
        if (!options.stream) return;
        if (event === 'delta') process.stdout.write(data.text);
        if (event === 'restart') process.stderr.write(`\n(${data.reason}: it begins anew)\n`);
      },
    });
    if (ended === null) return;
    const meta = toWireCall(ended.call);
    print(
      options.stream ? `\n${JSON.stringify(meta)}` : pretty({ output: ended.output, call: meta }),
    );
  } finally {
    await app.close();
  }
}
