import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a thread from what is built as well as from the sources, which a thread cannot read without help.
 * A process that has nothing else to do does not stay for it.
 * @param name of the file, without its ending
 * @param besides address of a module in the same folder: `import.meta.url`
 */
export function startThread(name: string, besides: string, options: WorkerOptions): Worker {
  const worker = besides.endsWith('.ts')
    ? new Worker(programFor(new URL(`./${name}.ts`, besides).href), { ...options, eval: true })
    : new Worker(new URL(`./${name}.js`, besides), options);
  worker.unref();
  return worker;
}

function programFor(file: string): string {
  // By its place: what a program without a file imports is looked for where the process was started.
  const helper = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/cjs$/, 'mjs');
  return `import(${JSON.stringify(pathToFileURL(helper).href)}).then(({ register }) => {
    register();
    return import(${JSON.stringify(file)});
  });`;
}
