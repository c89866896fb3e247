import { readFileSync } from 'node:fs';

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FIXTURE = new URL('../fixtures/cache/questions.json', import.meta.url);

/** Phrasings of what customers ask, by entry of the handbook. */
function phrasings(): string[][] {
  const { handbook } = JSON.parse(readFileSync(FIXTURE, 'utf8')) as {
    handbook: Record<string, string[]>;
  };
  return Object.values(handbook);
}

/** How people write the same question. */
const FORMS: readonly ((text: string) => string)[] = [
  (text) => text.toLowerCase(),
  (text) => text.replace(/[?.]$/, ''),
  (text) => `${text} Thanks!`,
  (text) => `Hi, ${text.charAt(0).toLowerCase()}${text.slice(1)}`,
  (text) => text.replace('How do I', 'How can I'),
  (text) => `please ${text.toLowerCase()}`,
];

/** Of those who write, so many use words of their own form. */
const VARIED = 0.35;

/** Most ask the same few things: the n-th most usual is asked 1/n times as often (Zipf). */
export function faqTraffic(requests: number, seed: number): string[] {
  const random = seeded(seed);
  const pick = <T>(items: readonly T[]): T => {
    const total = items.reduce((sum, _, at) => sum + 1 / (at + 1), 0);
    let left = random() * total;
    const at = items.findIndex((_, index) => (left -= 1 / (index + 1)) < 0);
    return items[Math.max(0, at)] as T;
  };
  const entries = shuffled(phrasings(), random);
  return Array.from({ length: requests }, () => {
    const text = pick(pick(entries));
    if (random() >= VARIED) return text;
    const form = FORMS[Math.floor(random() * FORMS.length)];
    return form ? form(text) : text;
  });
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
