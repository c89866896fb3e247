import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lexicalEmbedder } from '../../src/cache/embedders/lexical.ts';
import type { Embedder } from '../../src/cache/embedders/embedder.ts';
import { seededRandom, type LabelledQuestion } from '../../src/cache/eval/questions.ts';
import { replay, type Replayed } from '../../src/cache/eval/replay.ts';
import { isWrong, reportTiers } from '../../src/cache/eval/report.ts';
import type { TierParts } from '../../src/cache/eval/tiers.ts';
import type { LlmTool } from '../../src/core/tool/define-tool.ts';
import type { Store } from '../../src/stores/ports/store.ts';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { answerQuestion } from '../../tools/answer-question.ts';

let store: Store;
beforeEach(() => {
  store = openSqlite(':memory:');
});
afterEach(() => store.close());

const run = (
  stream: readonly LabelledQuestion[],
  parts: Partial<TierParts> = {},
): Promise<Replayed> =>
  replay(stream, {
    store: store.cache,
    tool: answerQuestion,
    embedder: null,
    judge: 'off',
    rule: { maxFalseHits: 0.02 },
    threshold: null,
    candidates: 12,
    checkShare: 0,
    random: seededRandom(1),
    ...parts,
  });

const questions = (...pairs: [string, string][]): LabelledQuestion[] =>
  pairs.map(([text, label]) => ({ text, label }));
const tiersOf = ({ hits }: Replayed): string[] =>
  hits.map(({ index, tier }) => `${String(index)} ${tier}`);

const RETURNS = questions(
  ['What is your return policy?', 'returns'],
  ['What is your return policy?', 'returns'],
  ['Hi! Could you please tell me what your return policy is?', 'returns'],
  ['How do I get a refund?', 'returns'],
  ['how do i get a refund', 'returns'],
  ['Can I return a gift card?', 'gift cards'],
);

describe('a replayed stream', () => {
  it('is served by keys where nobody judges', async () => {
    const replayed = await run(RETURNS);
    expect(replayed).toMatchObject({ questions: 6, judged: { inline: 0, checks: 0 } });
    expect(tiersOf(replayed)).toContain('1 exact');
    expect(tiersOf(replayed)).toContain('4 canonical');
    expect(tiersOf(replayed)).not.toContain('3 judged');
    expect(replayed.hits.filter(isWrong)).toEqual([]);
  });

  it('is served by a judge once, and by key from then on', async () => {
    const replayed = await run(RETURNS, { judge: 'oracle', embedder: lexicalEmbedder() });
    const tiers = tiersOf(replayed);
    expect(tiers).toContain('3 judged');
    expect(tiers).toContain('4 canonical');
    expect(tiers.some((each) => each.startsWith('5'))).toBe(false);
    expect(replayed.hits.filter(isWrong)).toEqual([]);
    // Never for what a key recognises, nor for the very first.
    expect(replayed.judged.inline).toBeLessThanOrEqual(3);
  });

  it('names hits whose labels differ', async () => {
    const stream = questions(['How do I top up?', 'transfer'], ['how do I top up', 'card']);
    const { hits } = await run(stream);
    expect(hits.filter(isWrong)).toMatchObject([
      {
        index: 1,
        tier: 'canonical',
        asked: { text: 'how do I top up', label: 'card' },
        kept: { text: 'How do I top up?', label: 'transfer' },
      },
    ]);
  });

  it('needs a tool with a compared field', async () => {
    const deaf: LlmTool = {
      ...answerQuestion,
      policy: { ...answerQuestion.policy, cache: 'never' },
    };
    await expect(
      replay(RETURNS, {
        store: store.cache,
        tool: deaf,
        embedder: null,
        judge: 'off',
        rule: { maxFalseHits: 0.02 },
        threshold: null,
        candidates: 1,
        checkShare: 0,
        random: seededRandom(1),
      }),
    ).rejects.toThrow(/answer_question/);
  });
});

/** Words that no key unites; the embedder below knows what they mean. */
const TOPICS = ['card', 'order', 'parcel', 'voucher', 'refund', 'account', 'invoice', 'repair'];
const WORDS = [
  'lost',
  'late',
  'broken',
  'blue',
  'small',
  'second',
  'third',
  'shared',
  'old',
  'new',
];

function stream(count: number, labelOf: (topic: number) => string): LabelledQuestion[] {
  const random = seededRandom(7);
  const pick = <Item>(items: readonly Item[]): Item =>
    items[Math.floor(random() * items.length)] as Item;
  return Array.from({ length: count }, () => {
    const topic = Math.floor(random() * TOPICS.length);
    const said = [pick(WORDS), pick(WORDS), TOPICS[topic], pick(WORDS), pick(WORDS)];
    return { text: `is ${said.join(' ')}`, label: labelOf(topic) };
  });
}

/** Near are those that name the same topic. */
const byTopic: Embedder = {
  index: 'topics-1',
  mayServe: true,
  worst: () => null,
  close: () => Promise.resolve(),
  embed: (texts) =>
    Promise.resolve({
      tokens: null,
      vectors: texts.map((text) => {
        const vector = new Float32Array(TOPICS.length + 1).fill(0.03);
        const topic = TOPICS.findIndex((name) => text.includes(name));
        if (topic >= 0) vector[topic] = 1;
        const length = Math.hypot(...vector);
        return vector.map((value) => value / length);
      }),
    }),
};

describe('an embedder that may serve', () => {
  it('does so once there is evidence that it is right', async () => {
    const replayed = await run(
      stream(600, (topic) => String(topic)),
      { judge: 'oracle', embedder: byTopic, checkShare: 0.05 },
    );
    const similar = replayed.hits.filter(({ tier }) => tier === 'similar');
    expect(similar.length).toBeGreaterThan(50);
    expect(similar.filter(isWrong)).toEqual([]);
    expect(similar[0]?.index).toBeGreaterThan(228);
    const states = await store.cache.states();
    expect(states.find(({ index }) => index === 'topics-1')).toMatchObject({ state: 'serving' });
  });

  it('never does where it is wrong too often', async () => {
    const random = seededRandom(3);
    const labels = (): string => String(Math.floor(random() * 4));
    const replayed = await run(stream(300, labels), { judge: 'oracle', embedder: byTopic });
    expect(tiersOf(replayed).filter((each) => each.endsWith('similar'))).toEqual([]);
  });

  it('does so at once at a fixed threshold', async () => {
    const replayed = await run(
      stream(100, (topic) => String(topic)),
      { embedder: byTopic, threshold: 0.95 },
    );
    expect(replayed.hits.filter(({ tier }) => tier === 'similar').length).toBeGreaterThan(50);
  });
});

describe('the report', () => {
  it('has a line per tier and one for all, with intervals', async () => {
    const reports = reportTiers(await run(RETURNS));
    expect(reports.map(({ tier }) => tier)).toEqual([
      ...['exact', 'canonical', 'similar', 'judged', 'all'],
    ]);
    const [exact, , similar] = reports;
    expect(exact).toMatchObject({ hits: 1, hitRate: 1 / 6, secondHalf: 0, wrong: 0, low: 0 });
    expect(exact?.high).toBeCloseTo(0.975, 9);
    expect(similar).toMatchObject({ hits: 0, wrongShare: 0, low: 0, high: 1 });
  });

  it('gives the intervals of the tables', () => {
    const asked = { text: 'a', label: 'x' };
    const hit = { index: 0, tier: 'exact' as const, similarity: null, asked, reason: '' };
    const hits = Array.from({ length: 20 }, (_, index) => ({
      ...hit,
      kept: { text: 'b', label: index < 2 ? 'y' : 'x' },
    }));
    const judged = { inline: 0, checks: 0 };
    const [exact] = reportTiers({ questions: 40, hits, judged });
    // Two of twenty: 1.23 % to 31.70 %.
    expect(exact?.low).toBeCloseTo(0.012_35, 5);
    expect(exact?.high).toBeCloseTo(0.316_98, 5);
  });
});
