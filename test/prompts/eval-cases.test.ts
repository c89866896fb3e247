import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import { readCases, type NumberedCase } from '../../src/eval/cases.ts';
import { checkCases } from '../../src/eval/check-cases.ts';
import { tools } from '../../tools/index.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../prompts/${path}`, import.meta.url), 'utf8');

const PROMPTS = ['faq', 'summarize', 'extract', 'classify'];
const casesOf = (id: string): NumberedCase[] => readCases(read(`${id}/eval.jsonl`));

const plain = (text: string): string => text.replace(/\s+/g, ' ').toLowerCase();

/** Texts that an answer must have at a place. */
function wanted({ graders }: NumberedCase, place: string): string[] {
  return graders.flatMap((grader) => {
    const isWanted =
      grader.at === place &&
      (grader.type === 'exact' || (grader.type === 'contains' && !grader.not));
    return isWanted ? [grader.value].flat().map(String) : [];
  });
}

const isFound = ({ graders }: NumberedCase): boolean =>
  graders.some(
    (grader) => grader.type === 'json_equal' && grader.at === '/found' && grader.value === true,
  );

interface Document {
  title?: string;
  text: string;
}

const handbook = read('_shared/handbook.md');

describe.each(PROMPTS)('the cases of %s', (id) => {
  const cases = casesOf(id);

  it('are at least 30, and none is asked twice', () => {
    expect(cases.length).toBeGreaterThanOrEqual(30);
    expect(new Set(cases.map(({ input }) => JSON.stringify(input))).size).toBe(cases.length);
  });

  it('are inputs that the tool takes, with graders that work', async () => {
    const checks = buildSchemaChecks();
    await expect(checkCases({ tools, checks }, id, cases)).resolves.toHaveLength(cases.length);
  });

  it('ask a model for its judgement only a few times', () => {
    const judged = cases.filter(({ graders }) => graders.some(({ type }) => type === 'judge'));
    expect(judged.length).toBeLessThanOrEqual(4);
  });
});

describe('questions', () => {
  const cases = casesOf('faq');

  it('want nothing that the documents do not say, and sources that there are', () => {
    const strange = cases.flatMap((each) => {
      const documents = each.input['context'] as Document[] | undefined;
      const known = plain(documents?.map(({ text }) => text).join('\n') ?? handbook);
      const titles = documents?.map(({ title = '' }) => title) ?? handbook.split(/^### |\n/m);
      const facts = wanted(each, '/answer').filter((fact) => !known.includes(plain(fact)));
      const sources = wanted(each, '/sources/0').filter((source) => !titles.includes(source));
      return [...facts, ...sources].map((text) => `${each.name}: ${text}`);
    });
    expect(strange).toEqual([]);
  });

  it('have answers for the most part, and some have none', () => {
    const answered = cases.filter(isFound).length;
    expect(answered / cases.length).toBeGreaterThan(0.6);
    expect(cases.length - answered).toBeGreaterThanOrEqual(8);
  });

  it('come with documents of their own in a third of all', () => {
    const own = cases.filter(({ input }) => 'context' in input).length;
    expect(own / cases.length).toBeGreaterThan(0.3);
  });
});

describe('texts to summarize', () => {
  const cases = casesOf('summarize');

  it('say all that a summary must', () => {
    const missing = cases.flatMap((each) => {
      const text = plain(String(each.input['text']));
      const lacking = wanted(each, '/summary').filter((fact) => !text.includes(plain(fact)));
      return lacking.map((fact) => `${each.name}: ${fact}`);
    });
    expect(missing).toEqual([]);
  });

  it('are held to the words and the style asked for', () => {
    for (const { name, input, graders } of cases) {
      const words = graders.find(({ type }) => type === 'words');
      expect(words, name).toMatchObject({ max: input['max_words'] });
      const shape = graders.find(({ type }) => type === 'regex');
      expect(shape, name).toBeDefined();
    }
    const styles = new Set(cases.map(({ input }) => input['style']));
    expect([...styles].sort()).toEqual(['bullets', 'headline', 'paragraph']);
  });
});

describe('texts to extract from', () => {
  it('have every name and code that is wanted, word for word', () => {
    const strange = casesOf('extract').flatMap(({ name, input, graders }) => {
      const text = String(input['text']);
      const values = graders.flatMap((grader) =>
        grader.type === 'exact' && typeof grader.value === 'string' ? [grader.value] : [],
      );
      // Dates, times and currencies are written in another way than the text does.
      const asIs = values.filter(
        (value) => !/^(?:\d{4}-\d\d-\d\d|\d\d:\d\d|[A-Z]{3})$/.test(value),
      );
      return asIs.filter((value) => !text.includes(value)).map((value) => `${name}: ${value}`);
    });
    expect(strange).toEqual([]);
  });
});

describe('texts to classify', () => {
  const cases = casesOf('classify');

  it('want a label that is offered', () => {
    for (const each of cases) {
      const labels = (each.input['labels'] as { name: string }[]).map(({ name }) => name);
      expect(labels, each.name).toEqual(expect.arrayContaining(wanted(each, '/label')));
      expect(wanted(each, '/label'), each.name).toHaveLength(1);
    }
  });

  it('do not say their label by its place in the list', () => {
    const places = cases.map((each) =>
      (each.input['labels'] as { name: string }[]).findIndex(
        ({ name }) => name === wanted(each, '/label')[0],
      ),
    );
    const first = places.filter((place) => place === 0).length;
    expect(first / cases.length).toBeLessThan(0.4);
  });
});
