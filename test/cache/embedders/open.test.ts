import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onnxEmbedder, type Transformers } from '../../../src/cache/embedders/onnx.ts';
import { openEmbedder } from '../../../src/cache/embedders/open.ts';
import { tempFolder } from '../../support/fronts.ts';

const signal = new AbortController().signal;
let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => {
  folder.remove();
});

async function cosine(a: string, b: string): Promise<number> {
  const embedder = openEmbedder('lexical', undefined);
  const { vectors } = (await embedder?.embed([a, b], signal)) ?? { vectors: [] };
  const [one = new Float32Array(), other = new Float32Array()] = vectors;
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}

describe('the lexical embedder', () => {
  it('finds the same words near, and knows nothing of their meaning', async () => {
    expect(await cosine('How do I get a refund?', 'how do i get the refund')).toBeGreaterThan(0.9);
    expect(await cosine("What's your return policy?", 'How do I get a refund?')).toBeLessThan(0.3);
  });

  it('only finds what is to be judged', () => {
    expect(openEmbedder('lexical', undefined)?.mayServe).toBe(false);
  });

  it('has no direction for a text without a word', async () => {
    await expect(openEmbedder('lexical', undefined)?.embed(['?!'], signal)).rejects.toThrow('word');
  });
});

describe('a setting for the embedder', () => {
  it('may be off', () => {
    expect(openEmbedder('off', undefined)).toBeNull();
  });

  it.each([
    ['magic', /lexical, http, onnx/],
    ['http', /embedding.*tollgate.yaml/],
    ['onnx:/nowhere/at/all', /onnx\/model.onnx/],
  ])('of %j that is wrong says what would be right', (setting, says) => {
    expect(() => openEmbedder(setting, undefined)).toThrow(says);
  });
});

describe('an ONNX model in a folder', () => {
  const model = (): string => {
    const path = join(folder.path, 'tiny');
    mkdirSync(join(path, 'onnx'), { recursive: true });
    writeFileSync(join(path, 'onnx', 'model.onnx'), 'weights');
    return path;
  };
  const env = { allowRemoteModels: true, allowLocalModels: false, localModelPath: '' };
  const fake = (rows: number): Transformers => ({
    env,
    pipeline: () => Promise.resolve(() => Promise.resolve({ dims: [rows, 2], data: [3, 4, 0, 1] })),
  });

  it('is never looked for anywhere else', async () => {
    const path = model();
    const embedder = onnxEmbedder(path, () => Promise.resolve(fake(2)));
    const { vectors } = await embedder.embed(['a', 'b'], signal);
    expect(env).toEqual({
      allowRemoteModels: false,
      allowLocalModels: true,
      localModelPath: folder.path,
    });
    expect([...(vectors[0] ?? [])]).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)]);
  });

  it('is another index when its file is another', () => {
    const path = model();
    const before = onnxEmbedder(path).index;
    writeFileSync(join(path, 'onnx', 'model.onnx'), 'other weights');
    expect(onnxEmbedder(path).index).not.toBe(before);
  });

  it('says what to install where the package is missing', async () => {
    const missing = () => Promise.reject(new Error('Cannot find package'));
    await expect(onnxEmbedder(model(), missing).embed(['a'], signal)).rejects.toThrow(
      /ONNXRUNTIME_NODE_INSTALL=skip npm install @huggingface\/transformers/,
    );
  });

  it('is an error when it answers another number of vectors', async () => {
    const embedder = onnxEmbedder(model(), () => Promise.resolve(fake(1)));
    await expect(embedder.embed(['a', 'b'], signal)).rejects.toThrow('1 vectors, not 2');
  });
});
