import type { FastifyInstance, FastifyReply } from 'fastify';
import { CODES, rowOf, type Code } from '../../errors/codes.ts';
import { isRetryable, problem } from '../../errors/problem.ts';
import { negotiate } from './accept.ts';

/** A page for every code, where `type` and `doc_url` of a problem point: HTML for people, markdown for agents. */
export function addErrorPages(server: FastifyInstance): void {
  server.get('/errors', { schema: HIDDEN }, (request, reply) =>
    send(reply, request.headers.accept, indexPage()),
  );
  server.get<{ Params: { code: string } }>(
    '/errors/:code',
    { schema: HIDDEN },
    (request, reply) => {
      const { code } = request.params;
      if (!Object.hasOwn(CODES, code)) {
        throw problem('unknown_route', {
          detail: `There is no error code "${code}". See /errors.`,
        });
      }
      return send(reply, request.headers.accept, codePage(code as Code));
    },
  );
}

const HIDDEN = { hide: true };

interface PageLine {
  heading?: string;
  text?: string;
  item?: string;
}

const indexPage = (): PageLine[] => [
  { heading: 'Errors' },
  { text: 'Every error tollgate answers with, on every front.' },
  ...(Object.keys(CODES) as Code[]).map((code) => ({
    item: `${code} (${String(rowOf(code).status)}): ${rowOf(code).title}`,
  })),
];

function codePage(code: Code): PageLine[] {
  const row = rowOf(code);
  return [
    { heading: code },
    { text: `${row.title}.` },
    { text: row.about },
    { item: `Status: ${String(row.status)}` },
    { item: `Category: ${row.category}` },
    { item: `Retryable: ${isRetryable(code) ? 'yes' : 'no'} (strategy: ${row.retry})` },
    ...row.actions.map(({ action, why }) => ({ item: `Next: ${action}. ${why}` })),
  ];
}

function send(reply: FastifyReply, accept: string | undefined, lines: PageLine[]): FastifyReply {
  const type = negotiate(accept, ['text/markdown', 'text/html']) ?? 'text/markdown';
  const body = type === 'text/html' ? toHtml(lines) : toMarkdown(lines);
  return reply.type(`${type}; charset=utf-8`).serializer(String).send(body);
}

const toMarkdown = (lines: PageLine[]): string =>
  lines
    .map(({ heading, text, item }) =>
      heading !== undefined
        ? `# ${heading}\n`
        : item !== undefined
          ? `- ${item}`
          : `${text ?? ''}\n`,
    )
    .join('\n') + '\n';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const toHtml = (lines: PageLine[]): string => {
  const body = lines.map(({ heading, text, item }) =>
    heading !== undefined
      ? `<h1>${escape(heading)}</h1>`
      : item !== undefined
        ? `<li>${escape(item)}</li>`
        : `<p>${escape(text ?? '')}</p>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>tollgate errors</title><body style="font:16px/1.5 system-ui;max-width:42rem;margin:3rem auto">${body.join('')}</body>`;
};
