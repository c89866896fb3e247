import { readFileSync, writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { buildApp } from '../../app/app.ts';
import { bundledTools } from '../../app/bundled-tools.ts';
import { readConfig } from '../../config/read.ts';
import { buildHttpServer } from '../../app/http-server.ts';

/** `tollgate openapi`: the document the server serves, as a file that reviews can see change. */
export async function openapi({ out, check }: { out?: string; check?: string }): Promise<void> {
  const text = await document();
  if (check !== undefined) {
    if (readFileSync(check, 'utf8') === text) return;
    process.stderr.write(`tollgate: ${check} is out of date: run npm run openapi\n`);
    process.exitCode = 1;
  } else if (out !== undefined) {
    writeFileSync(out, text);
  } else {
    process.stdout.write(text);
  }
}

/** From defaults alone: the same on every machine. */
async function document(): Promise<string> {
  const config = readConfig({ TOLLGATE_DB: 'sqlite::memory:' }, '/nowhere');
  const log = pino({ level: 'silent' });
  const app = buildApp(config, { tools: bundledTools, log });
  const server = await buildHttpServer(app, config, { log });
  await server.ready();
  const text = server.swagger({ yaml: true });
  await server.close();
  await app.close();
  return text;
}
