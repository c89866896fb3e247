import { expect, it } from 'vitest';
import { isSameModel } from '../../src/model/same-model.ts';

it.each([
  ['claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
  ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
  ['claude-haiku-4-5', 'claude-haiku-4-5@20251001'],
  ['gpt-4o', 'gpt-4o-2024-08-06'],
  ['gpt-4o', 'GPT-4o'],
  ['mistral-small-latest', 'mistral-small'],
  ['llama3.2', 'llama3.2:latest'],
  ['openai/gpt-4o', 'gpt-4o-2024-08-06'],
  ['meta-llama/Llama-3.3', 'Llama-3.3'],
])('%s is the same model as %s', (asked, answered) => {
  expect(isSameModel(asked, answered)).toBe(true);
});

it.each([
  ['my-model', 'gpt-other'],
  ['claude-haiku-4-5', 'claude-haiku-4-6'],
  ['claude-opus-4', 'claude-opus-4-5'],
  ['llama3.2', 'llama3.2:70b'],
  ['gpt-4o', 'gpt-4o-mini'],
])('%s is not the same model as %s', (asked, answered) => {
  expect(isSameModel(asked, answered)).toBe(false);
});
