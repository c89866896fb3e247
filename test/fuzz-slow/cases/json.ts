import { nonce, type Case, type RawCase } from '../case.ts';

/** The largest body that is read, less what a front puts around it. */
const BODY_CHARS = 4 * 1024 * 1024 - 2_000;

const times = (piece: string, chars: number): string =>
  piece.repeat(Math.floor(chars / piece.length));

const keys = (chars: number, value: string): string => {
  const made: string[] = [];
  for (let length = 0, at = 0; length < chars - 40; at += 1) {
    const member = `"${at.toString(36)}":${value}`;
    made.push(member);
    length += member.length + 1;
  }
  return made.join(',');
};

const deep = (open: string, close: string): string => {
  const depth = Math.floor(BODY_CHARS / (open.length + close.length)) - 100;
  return `${open.repeat(depth)}0${close.repeat(depth)}`;
};

/** Values of JSON that take long to read, to refuse or to repeat. */
const VALUES: Record<string, () => string> = {
  zeros: () => `[${times('0,', BODY_CHARS - 10)}0]`,
  'empty lists': () => `[${times('[],', BODY_CHARS - 10)}0]`,
  'empty objects': () => `[${times('{},', BODY_CHARS - 10)}0]`,
  'small objects': () => `[${times('{"name":""},', BODY_CHARS - 20)}0]`,
  'many keys': () => `{${keys(BODY_CHARS, '0')}}`,
  'deep lists': () => deep('[', ']'),
  'deep objects': () => deep('{"a":', '}'),
  escapes: () => `"${times('\\u0000', BODY_CHARS - 10)}"`,
  'one long string': () => `"${times('a', BODY_CHARS - 10)}"`,
  'proto in many places': () => `[${times('{"__proto__":0},', BODY_CHARS - 20)}0]`,
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
