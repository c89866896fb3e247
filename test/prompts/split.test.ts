import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseVersion, sharesOf, type Split } from '../../src/prompts/split.ts';

const split = (weights: Split['weights'], overrides: Split['overrides'] = []): Split => ({
  weights,
  overrides,
});
const nobody = { principal: 'web', team: null, user: null, feature: null };
const user = (name: string | number) => ({ ...nobody, user: String(name) });
const versionOf = (given: Split, name: string | number): string =>
  chooseVersion(given, 'faq', user(name)).version;

const USERS = 100_000;
const everybody = (given: Split): string[] =>
  Array.from({ length: USERS }, (_, at) => versionOf(given, at));
const share = (chosen: string[], version: string): number =>
  chosen.filter((each) => each === version).length / chosen.length;

describe('a split of 90 and 10', () => {
  const before = everybody(split({ v1: 90, v2: 10 }));

  it('gives 100,000 users their versions within 1 % of that', () => {
    expect(Math.abs(share(before, 'v2') - 0.1)).toBeLessThan(0.01);
  });

  it('that becomes 80 and 20 moves 10 % of the users, all of them to the second', () => {
    const after = everybody(split({ v1: 80, v2: 20 }));
    const moved = before.flatMap((version, at) => (version === after[at] ? [] : [after[at]]));
    expect(Math.abs(moved.length / USERS - 0.1)).toBeLessThan(0.01);
    expect(new Set(moved)).toEqual(new Set(['v2']));
  });

  it('that gets a third version of 10 % moves users to it alone', () => {
    const after = everybody(split({ v1: 90, v2: 10, v3: 100 / 9 }));
    const moved = before.flatMap((version, at) => (version === after[at] ? [] : [after[at]]));
    expect(new Set(moved)).toEqual(new Set(['v3']));
    expect(Math.abs(moved.length / USERS - 0.1)).toBeLessThan(0.01);
  });

  it('draws anew for another prompt', () => {
    const given = split({ v1: 50, v2: 50 });
    const same = before.filter(
      (_, at) =>
        chooseVersion(given, 'faq', user(at)).version ===
        chooseVersion(given, 'summarize', user(at)).version,
    );
    expect(Math.abs(same.length / USERS - 0.5)).toBeLessThan(0.01);
  });
});

describe('any split', () => {
  const weights = fc
    .dictionary(
      fc.integer({ min: 1, max: 9 }).map((number) => `v${String(number)}`),
      fc.double({ min: 0, max: 1000, noNaN: true }),
      { minKeys: 1 },
    )
    .filter((each) => Object.values(each).some((weight) => weight > 0));

  it('gives the same user the same version, one with a weight, in whatever order they are written', () => {
    fc.assert(
      fc.property(weights, fc.string(), (given, name) => {
        const turned = Object.fromEntries(Object.entries(given).reverse());
        const version = versionOf(split(given), name);
        expect(versionOf(split(turned), name)).toBe(version);
        expect(given[version]).toBeGreaterThan(0);
      }),
    );
  });

  it('moves nobody when all weights grow alike', () => {
    fc.assert(
      fc.property(weights, fc.string(), (given, name) => {
        const doubled = Object.fromEntries(
          Object.entries(given).map(([version, weight]) => [version, 2 * weight]),
        );
        expect(versionOf(split(doubled), name)).toBe(versionOf(split(given), name));
      }),
    );
  });

  it('whose one weight grows moves users to that version only', () => {
    fc.assert(
      fc.property(
        weights,
        fc.string(),
        fc.double({ min: 0, max: 1000, noNaN: true }),
        (given, name, more) => {
          const [grown = ''] = Object.keys(given);
          const after = { ...given, [grown]: (given[grown] ?? 0) + more };
          const [a, b] = [versionOf(split(given), name), versionOf(split(after), name)];
          expect(b === a || b === grown).toBe(true);
        },
      ),
    );
  });

  it('has shares that add up to one', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const sum = [...sharesOf(split(given)).values()].reduce((all, each) => all + each, 0);
        expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('who is given a version', () => {
  it('is the user, whatever key it comes with; without a user the key', () => {
    const given = split({ v1: 50, v2: 50 });
    for (let at = 0; at < 50; at += 1) {
      const over = (principal: string) =>
        chooseVersion(given, 'faq', { ...user(at), principal }).version;
      expect(over('a')).toBe(over('b'));
    }
    const keys = Array.from(
      { length: 50 },
      (_, at) => chooseVersion(given, 'faq', { ...nobody, principal: String(at) }).version,
    );
    expect(new Set(keys)).toEqual(new Set(['v1', 'v2']));
  });

  it('is not drawn for where there is one version only, and the row says so', () => {
    const only = chooseVersion(split({ v1: 0, v2: 3 }), 'faq', nobody);
    expect(only).toEqual({ version: 'v2', variant: null });
    expect(chooseVersion(split({ v1: 1, v2: 1 }), 'faq', nobody).variant).toBe('split');
  });

  it.each([
    [{ principal: 'web' }, true],
    [{ team: 'shop' }, true],
    [{ user: 'anna' }, true],
    [{ feature: 'chat' }, true],
    [{ team: 'shop', user: 'anna' }, true],
    [{ team: 'shop', user: 'ben' }, false],
    [{ principal: 'other' }, false],
  ])('by a rule is whoever fits all of it: %j', (conditions, fits) => {
    const given = split({ v1: 1 }, [{ ...conditions, version: 'v2' }]);
    const subject = { principal: 'web', team: 'shop', user: 'anna', feature: 'chat' };
    const { version, variant } = chooseVersion(given, 'faq', subject);
    expect([version, variant]).toEqual(fits ? ['v2', 'override'] : ['v1', null]);
  });

  it('is decided by the first rule that fits', () => {
    const rules = [
      { user: 'anna', version: 'v3' },
      { team: 'shop', version: 'v2' },
    ];
    const given = split({ v1: 1 }, rules);
    const subject = { ...nobody, team: 'shop' };
    expect(chooseVersion(given, 'faq', subject).version).toBe('v2');
    expect(chooseVersion(given, 'faq', { ...subject, user: 'anna' }).version).toBe('v3');
  });
});
