/** A server with a tool that holds the event loop until a file is there. Its log is standard error. */
import { existsSync } from 'node:fs';
import { pino } from 'pino';
import { z } from 'zod';
import { tools } from '../../tools/index.ts';
import { buildApp } from '../../src/app/app.ts';
import { defineTool } from '../../src/core/tool/define-tool.ts';
import { readConfig } from '../../src/config/read.ts';
import { buildHttpServer } from '../../src/app/http-server.ts';
import { buildWatchdog } from '../../src/observe/watchdog.ts';

const [, , until = ''] = process.argv;

const spin = defineTool({
  name: 'spin',
  title: 'Spin',
  description: 'Holds the loop until it is let go.',
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
  input: z.strictObject({}),
  output: z.object({ turns: z.number() }),
  examples: [{ title: 'Spin', input: {} }],
  policy: { deadlineMs: 600_000 },
  run: () => Promise.resolve({ turns: holdTheLoop() }),
});

function holdTheLoop(): number {
  let turns = 0;
  while (!existsSync(until)) turns += 1;
  return turns;
}

const config = readConfig({ TOLLGATE_DB: 'sqlite::memory:' }, '/nowhere');
const log = pino({ level: 'silent' });
const watchdog = buildWatchdog({ heldMs: 200, notReadyMs: 200, logTo: 2 });
const app = buildApp(config, { tools: [...tools, spin], log, watchdog });
const server = await buildHttpServer(app, config, { log });
const url = await server.listen({ host: '127.0.0.1', port: 0 });
watchdog.start();
process.send?.(url);
