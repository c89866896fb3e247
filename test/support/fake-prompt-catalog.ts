import type { PromptDetails } from '../../schemas/wire/prompt.ts';
import type { PromptCatalog } from '../../src/core/call/prompt.ts';
import type { Principal } from '../../src/core/call/principal.ts';
import { problem } from '../../src/errors/problem.ts';

const version = (name: string, over: Partial<PromptDetails['versions'][number]> = {}) => ({
  version: name,
  status: 'live' as const,
  share: 0.5,
  author: 'anna',
  date: '2026-11-27',
  why: `The ${name}.`,
  hash: name.repeat(32),
  uri: `prompt://faq/${name}`,
  ...over,
});

/** The one prompt there is. */
export const FAQ: PromptDetails = {
  id: 'faq',
  title: 'Answer a question',
  tools: ['answer_question'],
  variables: [
    { name: 'question', type: 'string', required: true, description: 'What is asked' },
    { name: 'context', type: 'array', required: false, description: 'Documents' },
  ],
  versions: [version('v1'), version('v2'), version('v11', { status: 'draft', share: 0 })],
  overrides: [{ version: 'v2', team: 'shop' }],
};

/** As the front is to list it. */
export const { overrides: _, ...FAQ_SUMMARY } = FAQ;

export const TROUBLE = ['prompts/faq/v12.md: there is no `# user`'];

/** A desk with one prompt, for who may call its tool; it remembers what it was to fill in. */
export interface FakePromptCatalog extends PromptCatalog {
  readonly filled: Readonly<Record<string, string>>[];
  /** Thrown by everything, if set. */
  broken: Error | null;
}

export function fakePromptCatalog(): FakePromptCatalog {
  const filled: FakePromptCatalog['filled'] = [];
  const catalog: FakePromptCatalog = {
    filled,
    broken: null,
    async list(viewer) {
      await working();
      return { prompts: sees(viewer) ? [FAQ_SUMMARY] : [], trouble: TROUBLE };
    },
    async show(viewer, id) {
      await working();
      demand(viewer, id);
      return FAQ;
    },
    async text(viewer, id, name) {
      await working();
      demand(viewer, id);
      const found = FAQ.versions.find((each) => each.version === name);
      if (!found) throw unknown(`There is no ${id}@${name}.`);
      return { id, version: name, hash: found.hash, text: `# The ${name} of ${id}` };
    },
    async fill(viewer, id, given) {
      await working();
      demand(viewer, id);
      const { question } = given;
      if (question === undefined) {
        throw problem('invalid_input', { detail: 'question is missing', errors: [MISSING] });
      }
      filled.push(given);
      return {
        description: 'The v2.',
        system: given['context'] === undefined ? '' : 'Be kind.',
        user: question,
      };
    },
    async complete(viewer, id, { argument, begun }) {
      await working();
      demand(viewer, id);
      return argument === 'question' ? [`${begun} much?`, `${begun} long?`] : [];
    },
  };
  const working = async (): Promise<void> => {
    await Promise.resolve();
    if (catalog.broken) throw catalog.broken;
  };
  return catalog;
}

const MISSING = { pointer: '/question', code: 'missing', detail: 'It must be given' };

const sees = ({ tools }: Principal): boolean => tools?.includes('answer_question') ?? true;

const unknown = (detail: string): Error => problem('unknown_prompt', { detail });

function demand(viewer: Principal, id: string): void {
  if (id !== FAQ.id || !sees(viewer)) throw unknown(`There is no prompt "${id}".`);
}
