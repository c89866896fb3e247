import { describe, expect, it } from 'vitest';
import { isPointer, valueAt } from '../../src/eval/pointer.ts';

/** The document of RFC 6901, section 5. */
const DOCUMENT = JSON.parse(
  '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}',
) as unknown;

describe('a JSON pointer', () => {
  it.each([
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%s is what the RFC says', (pointer, value) => {
    expect(isPointer(pointer)).toBe(true);
    expect(valueAt(DOCUMENT, pointer)).toEqual({ value });
  });

  it('that is empty is the whole document', () => {
    expect(valueAt(DOCUMENT, '')).toEqual({ value: DOCUMENT });
    expect(valueAt(null, '')).toEqual({ value: null });
  });

  it('to what is not there, or is nobody’s own, finds nothing', () => {
    for (const pointer of ['/nope', '/foo/2', '/foo/01', '/foo/-', '/foo/length', '/foo/0/0'])
      expect(valueAt(DOCUMENT, pointer)).toBeNull();
    expect(valueAt(DOCUMENT, '/toString')).toBeNull();
    expect(valueAt({ a: null }, '/a/b')).toBeNull();
    expect(valueAt({ a: null }, '/a')).toEqual({ value: null });
  });

  it('reads ~01 as ~1', () => {
    expect(valueAt({ '~1': 'yes', '/': 'no' }, '/~01')).toEqual({ value: 'yes' });
  });

  it('must begin with a slash, and escape the tilde', () => {
    expect(['', '/a', '/a/~0', '//'].map(isPointer)).toEqual([true, true, true, true]);
    expect(['a', 'a/b', '/~', '/~2', '#/a'].map(isPointer)).toEqual(Array(5).fill(false));
  });
});
