import type * as App from '../../src/app/app.ts';
import type * as Settings from '../../src/config/read.ts';
import type * as HttpServer from '../../src/app/http-server.ts';
import type * as OpenSimulator from '../../src/app/simulator.ts';
import type * as ReplySchema from '../../src/core/tool/reply-schema.ts';
import type * as ReplyField from '../../src/model/reply-field.ts';
import type * as Prompts from '../../src/prompts/open-prompts.ts';
import type * as Simulator from '../../src/simulator/server.ts';
import type * as Sqlite from '../../src/stores/sqlite/open.ts';
import type * as Tools from '../../tools/index.ts';

/**
 * What ships is what is measured: the compiled build, under the types of its source. A transpiler on
 * the fly adds a cost of its own to every closure.
 */
const load = (file: string): Promise<unknown> =>
  import(new URL(`../../dist/${file}.js`, import.meta.url).href);

export const { buildApp } = (await load('src/app/app')) as typeof App;
export const { readConfig } = (await load('src/config/read')) as typeof Settings;
export const { buildHttpServer } = (await load('src/app/http-server')) as typeof HttpServer;
export const { openSimulator } = (await load('src/app/simulator')) as typeof OpenSimulator;
export const { tools } = (await load('tools/index')) as typeof Tools;
export const { openPrompts } = (await load('src/prompts/open-prompts')) as typeof Prompts;
export const { replyField } = (await load('src/model/reply-field')) as typeof ReplyField;
export const { replySchema } = (await load('src/core/tool/reply-schema')) as typeof ReplySchema;
export const { openSqlite: openShipped } = (await load('src/stores/sqlite/open')) as typeof Sqlite;
export const { startSimulator } = (await load('src/simulator/server')) as typeof Simulator;
