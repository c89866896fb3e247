import type { Random } from '../../../src/simulator/random.ts';
import { nonce, pick, type Case, type RawCase } from '../case.ts';
import { textKinds } from './texts.ts';

/** Node takes headers of 16 KiB in all. */
const HEADER_CHARS = 15_000;
const PATH_CHARS = 14_000;

const question = (random: Random): string =>
  JSON.stringify({ question: `How do I return ${nonce(random)}?` });

/** Characters that a header may hold. */
const visible = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '~').trim();

const LISTS = [
  'a,',
  'a/b;q=0.1,',
  '*/*;',
  'text/html;level="',
  'q=1,',
  ',',
  ';',
  ' ',
  '"',
  '\\"',
  '=',
  'max-age=1,',
  'no-cache=,',
];

const HEADERS = [
  ...['accept', 'accept-encoding', 'accept-language', 'cache-control', 'idempotency-key'],
  ...['x-tollgate-user', 'x-tollgate-prompt', 'authorization', 'x-api-key', 'content-type', 'host'],
  ...[
    'mcp-session-id',
    'mcp-protocol-version',
    'mcp-name',
    'last-event-id',
    'prefer',
    'origin',
    'cookie',
  ],
];

const PATHS = [
  ...['/v1/calls?cursor=', '/v1/calls?limit=100&tool=', '/v1/usage?group_by=', '/v1/usage?from='],
  ...[
    '/v1/calls/',
    '/v1/prompts/',
    '/v1/prompts/faq/',
    '/v1/cache/entries/',
    '/v1/keys/',
    '/v1/tools/',
  ],
  ...['/', '/errors/', '/docs/', '/.well-known/', '/v1/budget-events?since=', '/?'],
];

const PATH_PIECES = [
  '/',
  '/a',
  '%20',
  '%2F',
  '%25',
  '&a=',
  '&',
  '=',
  '?',
  ';',
  '../',
  '%',
  'a',
  ':',
  '*',
  '%F0%9F%98%80',
  '[]',
  'a[a]',
];

const POSTS = [
  ...[
    '/v1/budgets/x',
    '/v1/keys',
    '/v1/cache/purge',
    '/v1/calls/x/feedback',
    '/v1/prompts/faq',
    '/mcp',
  ],
];

const header = (random: Random, value: string, name: string): RawCase => ({
  method: 'POST',
  path: pick(random, ['/v1/tools/answer_question', '/mcp']),
  headers: {
    'content-type': 'application/json',
    [name]: name === 'authorization' ? `Bearer ${value}` : value,
  },
  body: question(random),
});

export const requestCases = (): Case[] => [
  ...HEADERS.map((name): Case => ({
    name: `a long header ${name}`,
    make(random) {
      const piece = pick(random, LISTS);
      return header(
        random,
        visible(`a${piece.repeat(Math.floor(HEADER_CHARS / piece.length))}`),
        name,
      );
    },
  })),
  ...HEADERS.map((name): Case => ({
    name: `an odd header ${name}`,
    make: (random) =>
      header(random, visible(pick(random, textKinds).text(random, HEADER_CHARS)), name),
  })),
  ...PATHS.map((path): Case => ({
    name: `a long path ${path}`,
    make(random) {
      const piece = pick(random, PATH_PIECES);
      const method = pick(random, ['GET', 'POST', 'DELETE', 'PUT']);
      return { method, path: path + piece.repeat(Math.floor(PATH_CHARS / piece.length)) };
    },
  })),
  ...POSTS.map((path): Case => ({
    name: `a long body for ${path}`,
    make(random) {
      const text = pick(random, textKinds).text(random, 1_000_000);
      const key = pick(random, ['comment', 'name', 'tools', 'reason', 'limit', 'scope', 'tags']);
      return {
        method: pick(random, ['POST', 'PUT', 'PATCH']),
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          rating: 'down',
          [key]: pick(random, [text, [text], { [text]: 1 }]),
        }),
      };
    },
  })),
];
