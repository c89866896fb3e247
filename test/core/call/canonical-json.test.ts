import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/call/canonical-json.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Draw = fc.GeneratorValue;

/** The same value with the keys of every object in an order that is drawn. */
function shuffled(value: unknown, draw: Draw): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, draw));
  if (!isObject(value)) return value;
  const names = Object.keys(value);
  const order = draw(fc.shuffledSubarray, names, { minLength: names.length });
  return Object.fromEntries(order.map((name) => [name, shuffled(value[name], draw)]));
}

describe('canonical JSON', () => {
  it('sorts keys at every depth and leaves lists in their order', () => {
    expect(canonicalJson({ b: [{ z: 1, a: null }, 'x'], a: { d: true, c: 1.5 } })).toBe(
      '{"a":{"c":1.5,"d":true},"b":[{"a":null,"z":1},"x"]}',
    );
  });

  it('sorts by UTF-16 code units, as RFC 8785 does, numbers among them', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '10', '9', '\u{1f600}', '\u0080', '\u00f6'];
    const sorted = ['\r', '1', '10', '9', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33'];
    const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
    expect(text).toBe(`{${sorted.map((name) => `${JSON.stringify(name)}:0`).join(',')}}`);
  });

  it('takes a member that is undefined for none, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}');
  });

  it('is the same text in whatever order the keys are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.gen(), (value, draw) => {
        expect(canonicalJson(shuffled(value, draw))).toBe(canonicalJson(value));
      }),
    );
  });

  it('is another text for another value: the value can be read back from it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON has one zero; JavaScript has two.
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(plain);
      }),
    );
  });
});
