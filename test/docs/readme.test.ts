import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../src/errors/codes.ts';

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];

describe('README.md', () => {
  const readme = readFileSync('README.md', 'utf8');

  it('is one page', () => {
    expect(statSync('README.md').size).toBeLessThan(14_000);
    expect(readme.split('\n').length).toBeLessThan(140);
  });

  it('says of every error code where it leaves', () => {
    const [, picture = ''] = readme.split('## The pipeline of a call');
    const missing = Object.keys(CODES).filter((code) => !new RegExp(`\\b${code}\\b`).test(picture));
    expect(missing).toEqual([]);
  });
});

describe.each(documents)('%s', (path) => {
  it('links to files that exist', () => {
    const links = readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|cursor:|#|\/)([^)#\s]+)/g);
    const missing = [...links]
      .map(([, link = '']) => join(dirname(path), link))
      .filter((target) => !existsSync(target));
    expect(missing).toEqual([]);
  });
});
