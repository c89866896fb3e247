import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Budget, BudgetEvent } from '../../../schemas/wire/budget.ts';
import type { Claim } from '../../../src/core/call/hold.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { fakeCall } from '../../support/calls.ts';
import { runCommand, type Ran } from '../../support/command.ts';
import { tempFolder } from '../../support/fronts.ts';

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => {
  folder.remove();
});

const budgets = (...args: string[]): Promise<Ran> =>
  runCommand(['budgets', ...args], { cwd: folder.path });

/** What a budget command prints when all is well. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await budgets(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}
const declare = (settings: object): void => {
  // JSON is YAML.
  writeFileSync(join(folder.path, 'tollgate.yaml'), JSON.stringify(settings));
};
const listed = async (): Promise<Budget[]> => {
  const { budgets: all } = JSON.parse(await said('list', '--json')) as { budgets: unknown[] };
  return all.map((each) => Budget.parse(each));
};

const SHOP = ['--scope', 'team', '--of', 'shop', '--tokens', '2000', '--per', 'day'];

/** One call that has ended and took so much of the shop's tokens today. */
async function use(amount: number): Promise<void> {
  const store = openSqlite(join(folder.path, '.tollgate', 'tollgate.db'));
  const claim: Claim = {
    budget: 'shop-day',
    subject: 'shop',
    unit: 'tokens',
    limit: 2_000,
    windowStart: new Date().setUTCHours(0, 0, 0, 0),
    windowEnd: Date.now() + 86_400_000,
    thresholds: [50, 80, 100],
    counts: 'team tokens day',
    amount,
    charge: amount,
    mayPass: 0,
  };
  const call = fakeCall({ id: 'call_1' });
  const leaseUntil = Date.now() + 60_000;
  await store.budgets.hold({ crashRecord: call, claims: [claim], leaseUntil });
  await store.ledger.record(call, [claim]);
  await store.close();
}

describe('tollgate budgets set', () => {
  it('makes a budget with the defaults for what is not said', async () => {
    declare({ local_daily_usd: null });
    expect(await said('set', 'shop-day', ...SHOP)).toBe(
      'set shop-day: team shop, 2,000 tokens per day\n',
    );
    expect(await listed()).toEqual([
      {
        name: 'shop-day',
        source: 'set',
        scope: 'team',
        of: 'shop',
        unit: 'tokens',
        window: 'day',
        limit: 2_000,
        time_zone: 'UTC',
        misfit: null,
        overrun: null,
        weights: { input: 1, output: 1, thinking: 1, cache_read: 1, cache_write: 1 },
        thresholds: [50, 80, 100],
      },
    ]);
  });

  it('takes every setting, and another budget takes the place of the first', async () => {
    await said('set', 'shop-day', ...SHOP);
    const all = ['--misfit', 'clamp', '--overrun', 'finish', '--time-zone', 'Europe/Berlin'];
    const tokens = ['--weights', 'input=1,output=5,cache_read=0.1', '--thresholds', '90,100'];
    const what = ['--scope', 'user', '--tokens', '5', '--per', 'month'];
    expect(await said('set', 'shop-day', ...what, ...all, ...tokens)).toBe(
      'set shop-day: each user, 5 tokens per month (Europe/Berlin)\n',
    );
    expect((await listed()).find(({ name }) => name === 'shop-day')).toMatchObject({
      scope: 'user',
      of: null,
      misfit: 'clamp',
      overrun: 'finish',
      window: 'month',
      limit: 5,
      time_zone: 'Europe/Berlin',
      thresholds: [90, 100],
      weights: { input: 1, output: 5, thinking: 1, cache_read: 0.1, cache_write: 1 },
    });
  });

  it('does not touch one that is declared: a sentence, and exit code 1', async () => {
    const draft = { scope: 'all', unit: 'usd', window: 'day', limit: 5 };
    declare({ budgets: { fixed: draft } });
    const { code, stdout, stderr } = await budgets('set', 'fixed', ...SHOP);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^tollgate: The budget "fixed" is declared in tollgate\.yaml.*\.\n$/);
  });
});

describe('tollgate budgets list', () => {
  it('has a line per budget, with how those stand that are counted once', async () => {
    const everyone = { scope: 'user', unit: 'usd', window: 'hour', limit: 0.5, misfit: 'queue' };
    declare({ budgets: { everyone } });
    await said('set', 'shop-day', ...SHOP);
    await use(1_500);
    const lines = (await said('list')).trimEnd().split('\n');
    const cells = lines.map((line) => line.split(/ {2,}/));
    expect(cells[0]).toEqual([
      ...['name', 'counts', 'limit', 'misfit', 'overrun', 'source'],
      ...['used', 'held', 'left', 'resets'],
    ]);
    expect(cells[1]).toEqual([
      ...['everyone', 'each user', '0.5 usd per hour', 'queue', 'as the tool says', 'declared'],
    ]);
    const ofTool = ['as the tool says', 'as the tool says'];
    const midnight = expect.stringMatching(/^\d{4}-\d\d-\d\dT00:00:00Z$/) as string;
    expect(cells.slice(2)).toEqual([
      [
        ...['local-daily', 'principal local', '1,000 usd per day', ...ofTool, 'default'],
        ...['0', '0', '1,000', midnight],
      ],
      [
        ...['shop-day', 'team shop', '2,000 tokens per day', ...ofTool, 'set'],
        ...['1,500', '0', '500', midnight],
      ],
    ]);
    const starts = new Set(lines.map((line) => line.search(/declared|default|set\b|source/)));
    expect(starts.size).toBe(1);
  });

  it('--json has the same for programs', async () => {
    declare({ local_daily_usd: null });
    await said('set', 'shop-day', ...SHOP);
    await use(1_500);
    expect(JSON.parse(await said('list', '--json'))).toMatchObject({
      budgets: [{ name: 'shop-day', state: { used: 1_500, held: 0, remaining: 500 } }],
    });
  });

  it('of nothing says how to make one', async () => {
    declare({ local_daily_usd: null });
    expect(await said('list')).toMatch(/^Nothing is limited\. .*tollgate budgets set NAME .*\n$/);
  });
});

describe('tollgate budgets remove and reset', () => {
  it('remove takes away what was set', async () => {
    await said('set', 'shop-day', ...SHOP);
    expect(await said('remove', 'shop-day')).toBe('removed shop-day\n');
    expect((await listed()).map(({ name }) => name)).toEqual(['local-daily']);
  });

  it.each([
    ['counts for all anew', []],
    ['counts for the one anew', ['--of', 'shop']],
  ])('reset %s', async (_, of) => {
    await said('set', 'shop-day', ...SHOP);
    await use(1_500);
    expect(await said('reset', 'shop-day', ...of)).toMatch(/^reset shop-day.*\n$/);
    expect(JSON.parse(await said('list', '--json'))).toMatchObject({
      budgets: [{}, { state: { used: 0, remaining: 2_000 } }],
    });
  });

  it.each([
    [['remove', 'nope'], /^tollgate: There is no budget "nope"\.\n$/],
    [['reset', 'nope'], /^tollgate: There is no budget "nope"\.\n$/],
    [['remove', 'local-daily'], /^tollgate: The budget "local-daily" is the default .*\n$/],
  ])('%j is a problem in a sentence, with exit code 1', async (args, says) => {
    const { code, stdout, stderr } = await budgets(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(says);
  });
});

describe('tollgate budgets events', () => {
  it('shows the thresholds that were passed, newest first, as many as asked for', async () => {
    expect(await said('events')).toBe('No budget has passed a threshold yet.\n');
    await said('set', 'shop-day', ...SHOP);
    await use(1_700);
    const [head = '', ...lines] = (await said('events')).trimEnd().split('\n');
    expect(head).toMatch(/^at +budget +of +percent +used +limit +window +call$/);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/shop-day +shop +\d+ +1,700 tokens +2,000 tokens +\S+ +call_1$/);
    const asJson = await said('events', '--json', '--limit', '1');
    const { events } = JSON.parse(asJson) as { events: unknown[] };
    expect(events.map((event) => BudgetEvent.parse(event))).toMatchObject([
      { budget: 'shop-day', of: 'shop', used: 1_700, limit: 2_000, call_id: 'call_1' },
    ]);
  });
});

describe('a wrong tollgate budgets', () => {
  const day = ['--scope', 'all', '--per', 'day'];
  it.each([
    { what: 'no limit', args: ['set', 'x', ...day], says: /one of --usd, --tokens and --requests/ },
    {
      what: 'two limits',
      args: ['set', 'x', ...day, '--usd', '1', '--tokens', '5'],
      says: /one of --usd, --tokens and --requests/,
    },
    {
      what: 'no number',
      args: ['set', 'x', ...day, '--usd', 'ten'],
      says: /--usd: "ten" is not a number/,
    },
    { what: 'half a token', args: ['set', 'x', ...day, '--tokens', '1.5'], says: /--tokens: Must/ },
    {
      what: 'a name in capitals',
      args: ['set', 'X', ...day, '--usd', '1'],
      says: /"X" cannot name/,
    },
    {
      what: 'no such scope',
      args: ['set', 'x', '--scope', 'firm', '--per', 'day', '--usd', '1'],
      says: /--scope: .*team/,
    },
    {
      what: 'no such window',
      args: ['set', 'x', '--scope', 'all', '--per', 'year', '--usd', '1'],
      says: /--per: .*month/,
    },
    {
      what: 'no such time zone',
      args: ['set', 'x', ...day, '--usd', '1', '--time-zone', 'Berlin'],
      says: /--time-zone: Must be a time zone/,
    },
    {
      what: 'a part of all',
      args: ['set', 'x', ...day, '--usd', '1', '--of', 'shop'],
      says: /--of: The scope all has no parts/,
    },
    {
      what: 'weights of dollars',
      args: ['set', 'x', ...day, '--usd', '1', '--weights', 'input=1'],
      says: /--weights is about tokens/,
    },
    {
      what: 'a weight without a number',
      args: ['set', 'x', ...day, '--tokens', '1', '--weights', 'input'],
      says: /--weights input: "" is not a number/,
    },
    {
      what: 'a weight of nothing there is',
      args: ['set', 'x', ...day, '--tokens', '1', '--weights', 'inputs=1'],
      says: /--weights: .*"inputs"/,
    },
    {
      what: 'thresholds that are none',
      args: ['set', 'x', ...day, '--usd', '1', '--thresholds', '50,all'],
      says: /--thresholds: "all" is not a number/,
    },
    {
      what: 'a threshold above all',
      args: ['set', 'x', ...day, '--usd', '1', '--thresholds', '50,101'],
      says: /--thresholds 1: .*100/,
    },
    { what: 'no number of events', args: ['events', '--limit', '0'], says: /--limit must be/ },
  ])('with $what exits with 2 and says why', async ({ args, says }) => {
    const { code, stdout, stderr } = await budgets(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^tollgate: [^\n]*\n$/);
  });
});
