import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { explainConfig } from '../../src/config/read.ts';
import { CODES, rowOf, type Code } from '../../src/errors/codes.ts';
import { Settings } from '../../src/config/settings.ts';
import { runCommand } from '../support/command.ts';
import { tempFolder } from '../support/fronts.ts';

/** Everything that an error says to people and agents, sentence by sentence. */
const sentences = (Object.keys(CODES) as Code[]).flatMap((code) => {
  const { title, about, actions } = rowOf(code);
  const texts = [title, about, ...actions.map(({ why }) => why)];
  return texts.flatMap((text) => text.split(/(?<=[.;])\s/).map((sentence) => ({ code, sentence })));
});

/** Every key of the settings, at whatever depth. */
const settings = new Set(keysOf(z.toJSONSchema(Settings, { io: 'input', unrepresentable: 'any' })));

function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(keysOf)];
}

const matches = (pattern: RegExp, text: string): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

describe('what an error advises', () => {
  const named = sentences
    .filter(({ sentence }) => /tollgate\.yaml|\bsetting\b/.test(sentence))
    .flatMap(({ code, sentence }) =>
      [...matches(/`([a-z_]+)`/g, sentence), ...matches(/\b([a-z_]+) under\b/g, sentence)]
        .concat(matches(/\bunder `?([a-z_]+)`?/g, sentence))
        .map((setting) => ({ code, setting })),
    )
    .filter(({ setting }) => setting.includes('_') || !['it', 'prices'].includes(setting));

  it.each(named)('names a setting that there is: $setting in $code', ({ setting }) => {
    expect(settings).toContain(setting);
  });

  it('names settings at all, so that the search above finds what it is for', () => {
    expect(named.map(({ setting }) => setting)).toEqual(
      expect.arrayContaining(['allowed_hosts', 'budgets', 'models', 'api_key', 'providers']),
    );
  });

  const variables = sentences.flatMap(({ code, sentence }) =>
    matches(/\b((?:TOLLGATE|ANTHROPIC)_[A-Z_]+)\b/g, sentence).map((name) => ({ code, name })),
  );

  it.each(variables)('names a variable that there is: $name in $code', ({ name }) => {
    // The caller's own key is no setting of the server.
    expect(`${explainConfig()} variable: TOLLGATE_KEY\n`).toContain(`variable: ${name}\n`);
  });

  const commands = new Set(
    sentences.flatMap(({ sentence }) => matches(/`tollgate ([^`]+)`/g, sentence)),
  );

  it.each([...commands])('names a command that there is, with its options: %s', async (command) => {
    const words = command.split(' ').filter((word) => /^[a-z-]+$/.test(word));
    const path = words.filter((word) => !word.startsWith('--'));
    const folder = tempFolder();
    try {
      const { code, stdout } = await runCommand([...path, '--help'], { cwd: folder.path });
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: tollgate ${path.join(' ')}`);
      for (const option of words.filter((word) => word.startsWith('--'))) {
        expect(stdout).toMatch(new RegExp(`^ +${option}\\b`, 'm'));
      }
    } finally {
      folder.remove();
    }
  });

  it('names addresses that the server has', () => {
    const openapi = readFileSync('openapi.yaml', 'utf8');
    const hrefs = (Object.keys(CODES) as Code[])
      .flatMap((code) => rowOf(code).actions)
      .flatMap(({ href }) => href ?? [])
      .filter((href) => href !== '/openapi.yaml');
    for (const href of hrefs) expect(openapi).toContain(`\n  ${href}:`);
  });
});
