import { readConfig } from '../../../src/config/read.ts';
import { nonce, type Case, type RawCase } from '../case.ts';

const LIMITS = readConfig({}, '/nowhere');

/** The largest body that is read, less what a front puts around it. */
const BODY_CHARS = LIMITS.body_limit_bytes - 2_000;

/** As many values as a body may have, less those around them. */
const MOST_VALUES = LIMITS.body_limit_values - 100;
const MOST_LEVELS = 240;

/** A list of one piece, whole. */
const list = (piece: string, count: number): string => `[${`${piece},`.repeat(count)}0]`;

const keys = (count: number, value: string): string =>
  `{${Array.from({ length: count }, (_, at) => `"${at.toString(36)}":${value}`).join(',')}}`;

const deep = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}0${close.repeat(depth)}`;

const text = (piece: string): string => `"${piece.repeat(Math.floor(BODY_CHARS / piece.length))}"`;

/** Values of JSON that take long to read, to refuse or to repeat: as large as a body may be … */
const LARGEST: Record<string, () => string> = {
  zeros: () => list('0', BODY_CHARS / 2 - 10),
  'empty lists': () => list('[]', Math.floor(BODY_CHARS / 3) - 10),
  'empty objects': () => list('{}', Math.floor(BODY_CHARS / 3) - 10),
  'small objects': () => list('{"name":""}', Math.floor(BODY_CHARS / 12) - 10),
  keys: () => keys(Math.floor(BODY_CHARS / 10), '0'),
  'deep lists': () => deep('[', ']', BODY_CHARS / 2 - 10),
  'deep objects': () => deep('{"a":', '}', Math.floor(BODY_CHARS / 6) - 10),
  escapes: () => text('\\u0000'),
  'one long string': () => text('a'),
  'quoted quotes': () => text('\\"'),
};

/** … and with as many values as one may have. */
const MOST: Record<string, () => string> = {
  zeros: () => list('0', MOST_VALUES),
  'empty lists': () => list('[]', MOST_VALUES / 2),
  'empty objects': () => list('{}', MOST_VALUES / 2),
  'small objects': () => list('{"name":""}', MOST_VALUES / 2),
  'objects with long names': () => list(`{"${'a'.repeat(100)}":""}`, MOST_VALUES / 2),
  keys: () => keys(MOST_VALUES, '0'),
  'deep lists': () => list(deep('[', ']', MOST_LEVELS), Math.floor(MOST_VALUES / MOST_LEVELS) - 2),
  'deep objects': () =>
    list(deep('{"a":', '}', MOST_LEVELS), Math.floor(MOST_VALUES / MOST_LEVELS) - 2),
  'proto in many places': () => list('{"__proto__":0}', MOST_VALUES / 2),
  words: () => list(`"${'word '.repeat(12)}"`, MOST_VALUES),
};

const VALUES: Record<string, () => string> = {
  ...Object.fromEntries(
    Object.entries(LARGEST).map(([name, make]) => [`a whole body of ${name}`, make]),
  ),
  ...Object.fromEntries(Object.entries(MOST).map(([name, make]) => [`the most ${name}`, make])),
};

/** Where in the input of which tool they stand. */
const PLACES: Record<string, (value: string) => { tool: string; input: string }> = {
  'labels of classify_text': (value) => ({
    tool: 'classify_text',
    input: `{"text":"a","labels":${value}}`,
  }),
  'schema of extract_data': (value) => ({
    tool: 'extract_data',
    input: `{"text":"a","schema":${value.startsWith('{') ? value : `{"a":${value}}`}}`,
  }),
  'arguments of estimate_cost': (value) => ({
    tool: 'estimate_cost',
    input: `{"tool":"classify_text","arguments":${value.startsWith('{') ? value : `{"labels":${value}}`}}`,
  }),
  'an unknown field': (value) => ({
    tool: 'rewrite_text',
    input: `{"text":"a","instruction":"b","more":${value}}`,
  }),
  'the whole input': (value) => ({ tool: 'summarize_text', input: value }),
  'context of answer_question': (value) => ({
    tool: 'answer_question',
    input: `{"question":"a","context":${value}}`,
  }),
};

const JSON_TYPE = { 'content-type': 'application/json' };

const overRest = (tool: string, body: string, headers: Record<string, string>): RawCase => ({
  method: 'POST',
  path: `/v1/tools/${tool}`,
  headers: { ...JSON_TYPE, ...headers },
  body,
});

const overMcp = (tool: string, input: string): RawCase => ({
  method: 'POST',
  path: '/mcp',
  headers: {
    ...JSON_TYPE,
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': tool,
  },
  body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool}","arguments":${input},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"a","version":"1"}}}}`,
});

export const jsonCases = (): Case[] =>
  Object.entries(VALUES).flatMap(([what, value]) =>
    Object.entries(PLACES).flatMap(([where, place]): Case[] => [
      {
        name: `${what} as ${where}, REST`,
        make: (random) => {
          const { tool, input } = place(value());
          return overRest(tool, input, { 'idempotency-key': `"${nonce(random)}"` });
        },
      },
      {
        name: `${what} as ${where}, MCP`,
        make: () => {
          const { tool, input } = place(value());
          return overMcp(tool, input);
        },
      },
    ]),
  );
