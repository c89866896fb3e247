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

const isCode = (name: string): boolean => name.endsWith('.ts');
const folders = ['src', 'tools', 'schemas'].flatMap((root) => [
  root,
  ...readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => join(root, path))
    .filter((path) => statSync(path).isDirectory()),
]);

describe('the README of a folder', () => {
  it('is there where a folder has more than 15 files', () => {
    const large = folders.filter((folder) => readdirSync(folder).filter(isCode).length > 15);
    expect(large.filter((folder) => !existsSync(join(folder, 'README.md')))).toEqual([]);
  });

  const written = [...folders, 'test/support'].filter((folder) =>
    existsSync(join(folder, 'README.md')),
  );
  it.each(written)('names files of %s that exist', (folder) => {
    const text = readFileSync(join(folder, 'README.md'), 'utf8');
    const names = [...text.matchAll(/`([\w./-]+\.ts|[\w-]+\/)`/g)].map(([, name = '']) => name);
    const from = [folder, join(folder, '..'), 'src', '.'];
    const isThere = (name: string): boolean => from.some((place) => existsSync(join(place, name)));
    expect(names.filter((name) => !isThere(name))).toEqual([]);
  });
});
