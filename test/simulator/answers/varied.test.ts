import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NUMBER, STRING, fill, fixture, objectOf } from '../support.ts';

it('reads 200,000 letters without a break to their end', () => {
  const asked = objectOf({ name: STRING });
  expect(fill(`<text>${'A'.repeat(200_000)}</text>`, asked)).toHaveProperty('name');
});

describe('support mails', () => {
  const labels = JSON.parse(
    readFileSync(new URL('../../fixtures/support-labels.json', import.meta.url), 'utf8'),
  ) as { name: string; description: string }[];
  const offered = labels.map(
    ({ name, description }) => `<label name="${name}">${description}</label>`,
  );

  function judge(text: string): unknown {
    const user = `<labels>\n${offered.join('\n')}\n</labels>\n<text>\n${text}\n</text>`;
    return fill(user, objectOf({ label: STRING, confidence: NUMBER }))['label'];
  }

  it.each([
    ['mails.txt', 0.95],
    ['mails-second.txt', 0.8],
  ])('of %s are sorted rightly nearly always', (name, floor) => {
    const lines = fixture(name).trim().split('\n');
    const wrong = lines.filter((line) => {
      const [label, text = ''] = line.split('\t');
      return judge(text.replaceAll('\\n', '\n')) !== label;
    });
    const accuracy = 1 - wrong.length / lines.length;
    expect(accuracy, wrong.join('\n')).toBeGreaterThanOrEqual(floor);
  });
});
