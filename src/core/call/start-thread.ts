import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Addresses of `src/` and of its build, if threads shall start from that. */
let instead: { sources: string; build: string } | null = null;

/**
 * Threads start from a build of these sources, which saves each of them half a second.
 * @param build what `tsc` made of `src/`; ends with a slash
 */
export const startThreadsFrom = (build: URL): void => {
  instead = { sources: new URL('../../', import.meta.url).href, build: build.href };
};

/**
 * Starts a thread from what is built as well as from the sources, which a thread cannot read without help.
 * A process that has nothing else to do does not stay for it.
 * @param name of the file, without its ending
 * @param besides address of a module in the same folder: `import.meta.url`
 */
export function startThread(name: string, besides: string, options: WorkerOptions): Worker {
  const base = instead ? besides.replace(instead.sources, instead.build) : besides;
  const isSource = base === besides && besides.endsWith('.ts');
  const worker = isSource
    ? new Worker(programFor(new URL(`./${name}.ts`, base).href), { ...options, eval: true })
    : new Worker(new URL(`./${name}.js`, base), options);
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
