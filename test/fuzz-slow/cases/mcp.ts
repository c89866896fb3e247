import { pick, type Case } from '../case.ts';
import { textKinds } from './texts.ts';

const PROMPTS: Record<string, string[]> = {
  faq: ['question', 'documents'],
  summarize: ['text', 'style', 'max_words'],
  classify: ['text', 'labels'],
  extract: ['text', 'schema'],
  rewrite: ['text', 'instruction', 'tone'],
};

/** What else than a call a client of MCP may ask for. */
export const mcpCases = (): Case[] =>
  textKinds.flatMap(({ name, text }): Case[] => [
    ...Object.entries(PROMPTS).map(([prompt, names]): Case => ({
      name: `prompts/get ${prompt}: ${name}`,
      make: (random) => ({
        rpc: 'prompts/get',
        params: {
          name: prompt,
          arguments: Object.fromEntries(
            names.map((each) => [each, text(random, pick(random, [50, 100_000, 500_000]))]),
          ),
        },
      }),
    })),
    {
      name: `completion/complete: ${name}`,
      make: (random) => ({
        rpc: 'completion/complete',
        params: {
          ref: { type: 'ref/prompt', name: 'summarize' },
          argument: { name: 'style', value: text(random, 500_000) },
        },
      }),
    },
    {
      name: `resources/read: ${name}`,
      make: (random) => ({
        rpc: 'resources/read',
        params: { uri: `tollgate://${text(random, 500_000)}` },
      }),
    },
    {
      name: `tools/call of no tool: ${name}`,
      make: (random) => ({
        rpc: 'tools/call',
        params: { name: text(random, 500_000), arguments: { a: text(random, 500_000) } },
      }),
    },
    {
      name: `labels in _meta: ${name}`,
      make: (random) => ({
        rpc: 'tools/call',
        params: {
          name: 'get_budget',
          arguments: {},
          _meta: {
            'tollgate/labels': { user: text(random, pick(random, [200, 1_000_000])) },
            'tollgate/cache_control': text(random, 1_000_000),
            'tollgate/idempotency_key': text(random, 255),
          },
        },
      }),
    },
  ]);
