import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readQuestion, type ReadQuestion } from '../../src/cache/canonical/read-question.ts';
import { openEmbedder } from '../../src/cache/embedders/open.ts';
import { vetoOf } from '../../src/cache/guards/veto.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/cache/${name}`, import.meta.url), 'utf8'));

type Pairs = Record<string, [string, string][]>;
const questions = read('questions.json') as Record<string, Record<string, string[]>>;
const hard = read('hard-negatives.json') as Pairs;
const benign = read('benign.json') as Pairs;

const intents = Object.values(questions).flatMap((domain) => Object.entries(domain));
const asked = intents.flatMap(([intent, texts]) => texts.map((text) => ({ intent, text })));

const known = new Map<string, ReadQuestion>();
/** Each question is compared with hundreds of others, and read once. */
const questionOf = (text: string): ReadQuestion => {
  const question = known.get(text) ?? readQuestion(text);
  known.set(text, question);
  return question;
};

/** Whether the canonical tier would give the one the answer of the other. */
function meet(a: string, b: string): boolean {
  const [one, other] = [questionOf(a), questionOf(b)];
  if (one.kind !== 'plain' || other.kind !== 'plain') return false;
  return one.canon !== null && one.canon === other.canon && vetoOf(a, b, 'canonical') === null;
}

const FORMS = [
  'polite',
  'case',
  'punctuation',
  'contraction',
  'article',
  'plural',
  'howto',
  'typo',
];

describe('the fixture of questions', () => {
  it('has three hundred of them in sixty intents, each text once', () => {
    expect(intents.length).toBeGreaterThanOrEqual(60);
    expect(asked.length).toBeGreaterThanOrEqual(300);
    expect(new Set(asked.map(({ text }) => text)).size).toBe(asked.length);
    expect(Object.values(hard).flat().length).toBeGreaterThanOrEqual(180);
  });

  it('never meet by their key if they have different answers', () => {
    const wrong = asked.flatMap((a, at) =>
      asked
        .slice(at + 1)
        .filter((b) => a.intent !== b.intent && meet(a.text, b.text))
        .map((b) => [a.text, b.text]),
    );
    expect(wrong).toEqual([]);
  });
});

describe.each(Object.entries(hard))('pairs that differ in %s', (_name, pairs) => {
  it('never meet by their key', () => {
    expect(pairs.filter(([a, b]) => meet(a, b) || meet(b, a))).toEqual([]);
  });
});

describe('guards', () => {
  it('veto nearly all hard pairs', () => {
    const pairs = Object.values(hard).flat();
    const passed = pairs.filter(([a, b]) => vetoOf(a, b, 'similar') === null);
    expect(passed.length / pairs.length, JSON.stringify(passed)).toBeLessThan(0.03);
  });

  it('veto nearly all of those that an embedder finds nearest', async () => {
    const embedder = openEmbedder('lexical', undefined);
    if (!embedder) throw new Error('the lexical embedder needs nothing');
    const near: [string, string][] = [];
    for (const pair of Object.values(hard).flat()) {
      const { vectors } = await embedder.embed(pair, new AbortController().signal);
      const [a = new Float32Array(), b = new Float32Array()] = vectors;
      if (a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0) >= 0.9) near.push(pair);
    }
    expect(near.length).toBeGreaterThan(20);
    const passed = near.filter(([a, b]) => vetoOf(a, b, 'similar') === null);
    expect(passed.length / near.length, JSON.stringify(passed)).toBeLessThan(0.03);
  });
});

describe.each(FORMS)('another form of a question (%s)', (name) => {
  it('is recognised by its key, nine times in ten', () => {
    const pairs = benign[name] ?? [];
    const missed = pairs.filter(([a, b]) => !meet(a, b));
    expect(missed.length / pairs.length, JSON.stringify(missed)).toBeLessThanOrEqual(0.1);
  });

  it('is vetoed by no guard of the canonical tier', () => {
    const pairs = benign[name] ?? [];
    expect(pairs.filter(([a, b]) => vetoOf(a, b, 'canonical') !== null)).toEqual([]);
  });
});
