import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onlyObject } from '../../../src/model/openai/only-object.ts';
import type { ModelEvent } from '../../../src/model/provider.ts';

const END: ModelEvent = { type: 'end', stop: 'complete', counts: {}, why: null };

async function passOn(pieces: string[]): Promise<{ text: string; chars: number; last: unknown }> {
  const source = async function* (): AsyncGenerator<ModelEvent> {
    await Promise.resolve();
    for (const text of pieces) yield { type: 'text', text };
    yield END;
  };
  let text = '';
  let chars = 0;
  let last: unknown;
  for await (const event of onlyObject(source())) {
    last = event;
    if (event.type === 'text') text += event.text;
    if (event.type === 'thinking') chars += event.chars;
  }
  return { text, chars, last };
}

/** The same text in one piece and in single characters. */
const cuts = (text: string): string[][] => [[text], text.split('')];

const OBJECT = '{"a":"} \\" {","b":{"c":[{}]}}';

describe('a reply without a server that enforces its shape', () => {
  it.each([
    ['nothing around it', OBJECT],
    ['a code fence', `\`\`\`json\n${OBJECT}\n\`\`\``],
    ['words around it', `Here you are:\n${OBJECT}\nIs there {anything} else?`],
    ['thinking in front, braces and all', `\n<think>\nPerhaps {"a":1} > {}?\n</think>\n${OBJECT}`],
  ])('is its object with %s', async (_name, said) => {
    for (const pieces of cuts(said)) {
      const { text, chars, last } = await passOn(pieces);
      expect(text).toBe(OBJECT);
      expect(chars).toBe(said.length - OBJECT.length);
      expect(last).toEqual(END);
    }
  });

  it.each(['I cannot do that.', '<think>{"a":1}'])(
    'is all of it where there is no object: %s',
    async (said) => {
      for (const pieces of cuts(said)) {
        expect(await passOn(pieces)).toMatchObject({ text: said, last: END });
      }
    },
  );

  it('is what came of its object, if that was cut', async () => {
    expect((await passOn(['Well: {"a":"'])).text).toBe('{"a":"');
  });

  it('is any object, cut into any pieces', async () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(objects, fc.integer({ min: 1, max: 9 }), async (object, size) => {
        const json = JSON.stringify(object);
        const pieces = `So:\n${json}\n{`.match(new RegExp(`.{1,${String(size)}}`, 'gs')) ?? [];
        expect((await passOn(pieces)).text).toBe(json);
      }),
    );
  });
});
