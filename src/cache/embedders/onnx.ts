import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Embedder } from './embedder.ts';
import { toUnit } from './unit.ts';

/** The part of Transformers.js that is used. */
export interface Transformers {
  env: { allowRemoteModels: boolean; allowLocalModels: boolean; localModelPath: string };
  pipeline: (
    task: 'feature-extraction',
    model: string,
    options: { local_files_only: true; dtype: 'fp32' | 'q8' },
  ) => Promise<
    (
      texts: string[],
      options: { pooling: 'mean'; normalize: true },
    ) => Promise<{ dims: number[]; data: ArrayLike<number> }>
  >;
}

const PACKAGE = '@huggingface/transformers';
/** The name is a variable so that nothing looks for a package that most do not have. */
const loadTransformers = async (name = PACKAGE): Promise<Transformers> =>
  (await import(name)) as Transformers;

const MODEL_FILES = ['model.onnx', 'model_quantized.onnx'] as const;

/**
 * A model in a local folder, laid out as Transformers.js wants it: `config.json`, `tokenizer.json` and
 * `onnx/model.onnx` or `onnx/model_quantized.onnx`. Nothing is ever downloaded. ONNX runs in threads of
 * its own; reading the words of a question takes well under a millisecond.
 * @throws Error when the folder has no model
 */
export function onnxEmbedder(
  folder: string,
  load: () => Promise<Transformers> = loadTransformers,
): Embedder {
  const path = resolve(folder);
  const file = modelFile(path);
  let opened: ReturnType<Transformers['pipeline']> | undefined;

  const open = async (): ReturnType<Transformers['pipeline']> => {
    const { env, pipeline } = await load().catch(missing);
    Object.assign(env, {
      allowRemoteModels: false,
      allowLocalModels: true,
      localModelPath: dirname(path),
    });
    const dtype = basename(file) === 'model.onnx' ? 'fp32' : 'q8';
    return pipeline('feature-extraction', basename(path), { local_files_only: true, dtype });
  };

  return {
    index: `onnx:${basename(path)}:${fingerprint(file)}`,
    mayServe: true,
    worst: () => null,
    async embed(texts, signal) {
      opened ??= open();
      // One that could not be opened is tried again: a package may be installed meanwhile.
      opened.catch(() => (opened = undefined));
      const extract = await withinTime(opened, signal);
      const { dims, data } = await withinTime(
        extract([...texts], { pooling: 'mean', normalize: true }),
        signal,
      );
      const [count = 0, length = 0] = dims;
      if (count !== texts.length)
        throw new Error(`the model answered ${String(count)} vectors, not ${String(texts.length)}`);
      const all = Array.from(data);
      const vectors = texts.map((_, at) => toUnit(all.slice(at * length, (at + 1) * length)));
      return { vectors, tokens: null };
    },
    close: () => Promise.resolve(),
  };
}

/** @throws Error */
function modelFile(folder: string): string {
  const files = MODEL_FILES.map((name) => join(folder, 'onnx', name));
  const found = files.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new Error(`there is no model in ${folder}: it needs ${files.join(' or ')}`);
}

/** Another file is another embedder, whatever its folder is called. */
const fingerprint = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);

function missing(cause: unknown): never {
  throw new Error(
    `the embedder onnx needs ${PACKAGE}: ONNXRUNTIME_NODE_INSTALL=skip npm install ${PACKAGE} (without the variable it downloads libraries for CUDA)`,
    { cause },
  );
}

/** Waits until the signal at most. */
const withinTime = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((done, fail) => {
    const stop = (): void => {
      fail(signal.reason as Error);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(done, fail).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
