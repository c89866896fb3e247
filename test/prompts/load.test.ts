import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseInput } from '../../src/call/parse-input.ts';
import { buildSchemaChecks } from '../../src/call/schema-check.ts';
import { loadPrompts } from '../../src/prompts/load.ts';
import { tools } from '../../tools/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prompts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const text = (id: string, version: string, user = `This is ${version}.`): string => `---
id: ${id}
version: ${version}
author: somebody
date: 2026-11-23
why: To test with.
model: { max_output_tokens: 100, expected_output_tokens: 10 }
variables: {}
---
# system
You greet.
# user
${user}
`;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

describe('a folder of prompts', () => {
  it('gives the newest version of each, by number and not by letters', () => {
    for (const version of ['v1', 'v2', 'v9', 'v10'])
      write(`greet/${version}.md`, text('greet', version));
    write('leave/v3.md', text('leave', 'v3'));
    const prompts = loadPrompts(folder);
    expect(prompts.get('greet').meta.version).toBe('v10');
    expect(prompts.get('greet').render({}).user).toBe('This is v10.');
    expect(prompts.get('leave').meta.version).toBe('v3');
  });

  it('may hold other files, empty folders and shared text', () => {
    write('greet/v1.md', text('greet', 'v1', "{% render 'hello.txt' %}"));
    for (const path of [
      'greet/notes.md',
      'greet/eval.jsonl',
      'greet/v2.md.bak',
      'greet/v0.md',
      'README.md',
      'empty/split.yaml',
    ])
      write(path, 'not a prompt');
    write('_shared/hello.txt', 'Hello.');
    expect(loadPrompts(folder).get('greet').render({}).user).toBe('Hello.');
  });

  it('says which prompt it does not have', () => {
    expect(() => loadPrompts(folder).get('nobody')).toThrow('"nobody"');
  });

  it.each([
    ['another id', 'greet/v1.md', text('leave', 'v1')],
    ['another version', 'greet/v1.md', text('greet', 'v2')],
    ['a version with a zero in front', 'greet/v01.md', text('greet', 'v1')],
    ['broken front matter', 'greet/v1.md', 'hello'],
    ['broken YAML', 'greet/v1.md', text('greet', 'v1').replace('{}', '{')],
    ['a broken template', 'greet/v1.md', text('greet', 'v1', '{% if a %}')],
  ])('with %s is refused, and the message names the file', (_name, path, content) => {
    write(path, content);
    expect(() => loadPrompts(folder)).toThrow(join(folder, path));
  });
});

describe('the built-in prompts', () => {
  const prompts = loadPrompts('prompts');
  const examples = tools.flatMap((tool) =>
    tool.kind === 'llm' ? tool.examples.map((example) => [tool.name, tool, example] as const) : [],
  );

  it.each(examples)('render with the example of %s', async (name, tool, example) => {
    const { input } = await parseInput({ tools, checks: buildSchemaChecks() }, name, example.input);
    const prompt = prompts.get(tool.prompt);
    const { system, user } = prompt.render(input);
    expect(system.length).toBeGreaterThan(100);
    for (const whole of [system, user]) expect(whole).not.toMatch(/\{\{|\{%|undefined|\[object/);
    // What the caller gave is what the model is asked.
    const given = Object.keys(prompt.meta.variables).filter((variable) => variable in input);
    for (const variable of given.filter((each) => typeof input[each] === 'string'))
      expect(user).toContain(input[variable]);
    expect(given.length).toBeGreaterThan(0);
  });

  it.each(examples)('declare what they use and use what they declare: %s', (_name, tool) => {
    const { meta, system, user } = prompts.get(tool.prompt);
    for (const [variable, { required }] of Object.entries(meta.variables)) {
      expect(`${system}\n${user}`).toMatch(new RegExp(`\\b${variable}\\b`));
      const { required: needed = [], properties } = tool.json.input;
      expect(properties).toHaveProperty(variable);
      const hasPreset = 'default' in ((properties as Record<string, object>)[variable] ?? {});
      expect((needed as string[]).includes(variable) || hasPreset).toBe(required);
    }
    expect(meta.model.expected_output_tokens).toBeLessThanOrEqual(meta.model.max_output_tokens);
  });
});
