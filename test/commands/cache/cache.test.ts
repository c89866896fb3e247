import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheEntry, CacheStats, ShadowReport } from '../../../schemas/wire/cache.ts';
import type {
  EvidenceKey,
  NewCachedAnswer,
  ServingState,
} from '../../../src/stores/ports/cache.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { NO_USAGE } from '../../../src/core/call/usage.ts';
import { fakeAttempt, fakeCall } from '../../support/calls.ts';
import { runCommand, type Ran } from '../../support/command.ts';
import { tempFolder } from '../../support/fronts.ts';

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => {
  folder.remove();
});

const cache = (...args: string[]): Promise<Ran> =>
  runCommand(['cache', ...args], { cwd: folder.path });

/** What a cache command prints when all is well. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cache(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const NOW = Date.now();
const MOST = { entries: 100, bytes: 1_000_000 };
const SCOPE = 'ab'.repeat(32);

const entry = (id: string, over: Partial<NewCachedAnswer> = {}): NewCachedAnswer => ({
  id,
  scope: SCOPE,
  exactKey: id,
  tool: 'answer_question',
  prompt: 'faq@v1',
  tenant: null,
  model: 'claude-sonnet-5-5',
  question: `How long is ${id}?`,
  canon: `how long be ${id}`,
  output: '{"answer":"30 days."}',
  usage: NO_USAGE,
  costNanoUsd: 2_000_000,
  tags: ['faq'],
  createdAt: NOW,
  exactUntil: NOW + 3.6e6,
  similarUntil: NOW + 3.6e6,
  staleUntil: NOW + 7.2e6,
  ...over,
});

/** Two answers; a hit, a wording that was learnt and one that was denied. */
async function fill(
  more: (store: Store) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const store = openSqlite(join(folder.path, '.tollgate', 'tollgate.db'));
  const { cache: cacheStore, ledger } = store;
  await cacheStore.keep(entry('one'), MOST);
  await cacheStore.keep(
    entry('two', { tool: 'classify_text', prompt: 'labels@v2', tags: [] }),
    MOST,
  );
  const wording = { scope: SCOPE, entry: 'one' };
  await cacheStore.addAlias({ ...wording, canon: 'a', text: 'And how long?', source: 'judge' });
  await cacheStore.addNegative({
    ...wording,
    canon: 'b',
    text: 'How short?\u001b[2J',
    source: 'check',
  });
  const hit = fakeCall({ id: 'call_hit' }, { startedAt: NOW - 1_000 });
  const judge = fakeAttempt({ purpose: 'judge', costNanoUsd: 100_000 });
  Object.assign(hit.meta, {
    attempts: [judge],
    servedBy: 'similar_cache',
    savedNanoUsd: 2_000_000,
    cache: { tier: 'judged', entry: 'one', ageMs: 1, stored: false, reason: 'The same.' },
  });
  await ledger.record(hit);
  await cacheStore.used({
    call: 'call_hit',
    entry: 'one',
    at: NOW,
    savedNanoUsd: 2_000_000,
    asked: null,
  });
  await more(store);
  await store.close();
}

describe('tollgate cache stats', () => {
  it('shows calls and money by tier, and what is kept', async () => {
    await fill();
    const text = await said('stats');
    const line = (start: string): string[] =>
      text
        .split('\n')
        .find((each) => each.startsWith(start))
        ?.split(/ {2,}/) ?? [];
    expect(line('judged')).toEqual(['judged', '1', '100.0 %', '$0.0020']);
    expect(line('all')).toEqual(['all', '1', '100.0 %', '$0.0020']);
    expect(line('judge ')).toEqual(['judge', '1 asked, $0.0001']);
    expect(line('net')).toEqual(['net', '$0.0019 saved']);
    expect(line('kept')[1]).toMatch(/^2 answers in 1 scopes, /);
  });

  it('--json has the same for programs, over the time that is asked for', async () => {
    await fill();
    const stats = CacheStats.strict().parse(JSON.parse(await said('stats', '--json')));
    expect(stats).toMatchObject({ calls: 1, hit_share: 1, saved_usd: 0.002, entries: 2 });
    expect(stats).toMatchObject({ judge: { attempts: 1, cost_usd: 0.0001 }, negatives: 1 });
    const { from, to } = CacheStats.parse(
      JSON.parse(await said('stats', '--last', '2h', '--json')),
    );
    expect(Date.parse(to) - Date.parse(from)).toBe(2 * 3_600_000);
  });
});

describe('tollgate cache inspect', () => {
  it('shows an entry with its wordings, and does not let them move the cursor', async () => {
    await fill();
    const text = await said('inspect', 'one');
    for (const each of [
      'How long is one?',
      'faq@v1',
      'And how long?',
      'How short??[2J',
      '30 days.',
    ])
      expect(text).toContain(each);
    const found = CacheEntry.strict().parse(JSON.parse(await said('inspect', 'one', '--json')));
    expect(found).toMatchObject({
      id: 'one',
      output: { answer: '30 days.' },
      hits: 1,
      saved_usd: 0.002,
      cost_usd: 0.002,
      wordings: expect.arrayContaining([{ text: 'And how long?', source: 'judge' }]) as unknown,
      tags: ['faq'],
      quarantined: false,
    });
  });

  it('says when there is none: exit code 1', async () => {
    expect(await cache('inspect', 'nothing')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'tollgate: no kept answer has the id "nothing"\n',
    });
  });
});

describe('tollgate cache shadow', () => {
  const key: EvidenceKey = { class: 'answer_question question', index: 'http-1', rules: 'r1' };
  const state: ServingState = {
    state: 'serving',
    threshold: 0.94,
    looks: 3,
    labels: 500,
    at: NOW,
    judged: 412,
    wrong: 1,
    bound: 0.016_34,
  };

  it('shows why a class serves, and suspected false hits with both texts', async () => {
    await fill((store) => store.cache.saveState(key, state));
    const lines = (await said('shadow')).split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[1]).toEqual([
      ...['answer_question question', 'http-1', 'serving', '0.94', '412', '1'],
      ...['1.63 %', '3', 'r1'],
    ]);
    expect(lines.at(-2)?.slice(1)).toEqual(['check', 'one', 'How short??[2J', 'How long is one?']);
    const report = ShadowReport.parse(JSON.parse(await said('shadow', '--json')));
    expect(report.classes).toMatchObject([{ ...key, judged: 412, wrong: 1, max_false_hits: 0.02 }]);
    expect(report.disagreements).toMatchObject([{ entry: 'one', source: 'check' }]);
  });

  it('of nothing says where evidence comes from', async () => {
    expect(await said('shadow')).toMatch(
      /^Nothing was judged yet: .*\n\nNo suspected false hits\.\n$/,
    );
  });
});

describe('tollgate cache purge', () => {
  it('forgets what is named and says how many went', async () => {
    await fill();
    expect(await said('purge', '--tool', 'answer_question', '--tag', 'shop')).toBe(
      'purged 0 kept answers\n',
    );
    expect(await said('purge', '--prompt', 'faq', '--tag', 'faq')).toBe('purged 1 kept answer\n');
    expect(JSON.parse(await said('purge', '--all', '--json'))).toEqual({ purged: 1 });
  });

  it.each([
    [[], /^tollgate: name what is to go: --entry, .* or --all\n$/],
    [['--all', '--tool', 'x'], /^tollgate: --all: Cannot stand beside a condition\n$/],
  ])('forgets nothing with %j: exit code 2', async (options, sentence) => {
    const { code, stdout, stderr } = await cache('purge', ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });
});

describe('tollgate cache eval', () => {
  const write = (name: string, text: string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return path;
  };
  const CSV = 'text,category\nHow do I top up?,a\n"how do i top up",b\nHow do I top up?,a\n';

  it('replays a file or a folder, and lists hits with another label', async () => {
    write('some.csv', CSV);
    const list = join(folder.path, 'list.txt');
    const text = await said('eval', folder.path, '--judge', 'off', '--list', list);
    expect(text).toMatch(/^3 questions as a stream, /);
    expect(text).toMatch(/^all +2 +66\.67 %/m);
    expect(text).toMatch(/^canonical +how do i top up \[b\] +How do I top up\? \[a\]$/m);
    const lines = readFileSync(list, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('tier,similarity,asked_label,kept_label,asked,kept,reason');
    expect(lines[1]).toMatch(/^canonical,,b,a,how do i top up,How do I top up\?,/);
    const json = JSON.parse(await said('eval', folder.path, '--judge', 'off', '--json')) as object;
    expect(json).toMatchObject({ questions: 3, judged: { inline: 0 } });
  });

  it.each([
    [['--judge', 'me'], 'text,label\na,b', /--judge must be off or oracle/],
    [[], 'a,b\n1,2', /some\.csv: no column is named question/],
    [['--embedder', 'nothing'], 'text,label\na,b', /there is no embedder "nothing"/],
  ])('says what is wrong with %j and %j: exit code 2', async (...[options, csv, sentence]) => {
    const { code, stdout, stderr } = await cache('eval', write('some.csv', csv), ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('says when there is no such file', async () => {
    const { code, stderr } = await cache('eval', 'nothing.csv');
    expect([code, stderr]).toEqual([1, 'tollgate: there is no nothing.csv\n']);
  });
});
