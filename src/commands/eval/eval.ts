import { setMaxListeners } from 'node:events';
import { ulid } from 'ulid';
import { quietLog } from '../../config/here.ts';
import { secretHere } from '../../config/here.ts';
import type { Principal } from '../../core/call/principal.ts';
import { evaluate } from '../../eval/evaluate.ts';
import { priceVersions } from '../../eval/price.ts';
import { toWirePrice, toWireReport, toWireRun } from './json.ts';
import { readEvalOptions, type EvalCommandOptions, type EvalWish } from './options.ts';
import { buildGraderParts, buildPriceParts } from './parts.ts';
import { orUsageError, prepare, type EvalApp, type Prepared } from './prepare.ts';
import { buildReport } from './report.ts';
import { priceText, reportText, runsText } from './table.ts';
import { UsageError } from '../shared/fail.ts';
import { pretty, print } from '../shared/invoke.ts';
import { openApp } from '../shared/open-app.ts';
import type { CaseResult } from '../../eval/run-case.ts';
import { toUsd } from '../../core/call/wire.ts';

/** Outputs of an evaluation, and the signal to stop it. */
export interface EvalSession {
  print: (text: string) => void;
  /** Output for people; standard output belongs to the report. */
  aside: { isTTY?: boolean; write: (text: string) => unknown };
  secret: string | null;
  signal: AbortSignal;
  now: () => number;
}

/** `tollgate eval`: versions of a prompt answer the same cases; graded, compared and kept. */
export async function evaluatePrompt(id: string, options: EvalCommandOptions): Promise<void> {
  const wish = readEvalOptions(options);
  const { app } = openApp(quietLog(), wish.model === null ? {} : { onlyModel: wish.model });
  const stop = new AbortController();
  // Every call that runs listens: as many as are asked for, not the ten that Node takes for a leak.
  setMaxListeners(0, stop.signal);
  // Once: whoever is in a hurry asks again. What runs in CI is told to stop by the other.
  for (const told of ['SIGINT', 'SIGTERM'] as const)
    process.once(told, () => {
      stop.abort();
    });
  const session: EvalSession = {
    print,
    aside: process.stderr,
    secret: secretHere(),
    signal: stop.signal,
    now: Date.now,
  };
  try {
    process.exitCode = options.runs
      ? await listRuns(app, id, { session, json: wish.json })
      : await runEvaluation(app, id, { wish, session });
  } finally {
    await app.close();
  }
}

const newId = (of: 'evaluation' | 'run'): string => `${of === 'run' ? 'run' : 'eval'}_${ulid()}`;

const MOST_RUNS = 100;

/** @returns the exit code */
export async function listRuns(
  app: EvalApp,
  id: string,
  { session, json }: { session: EvalSession; json: boolean },
): Promise<0> {
  await orUsageError(app.promptVersions(id));
  const runs = await app.evals.list(id, MOST_RUNS);
  if (json) session.print(pretty({ runs: runs.map(toWireRun) }));
  else session.print(runs.length === 0 ? `"${id}" was never evaluated` : runsText(runs));
  return 0;
}

/** Else every case would end with that. */
function demandMay({ id, mayPin, tools }: Principal, { cases }: Prepared): void {
  const forbidden = cases.find(({ tool }) => !(tools?.includes(tool) ?? true));
  if (forbidden) throw new UsageError(`the key "${id}" may not call ${forbidden.tool}`);
  if (mayPin) return;
  throw new UsageError(
    `the key "${id}" may not say which version of a prompt answers it; make one that may: tollgate keys create <name> --pin-prompts`,
  );
}

/** @returns the exit code: 1 where a version is not good enough, or it was stopped */
export async function runEvaluation(
  app: EvalApp,
  id: string,
  { wish, session }: { wish: EvalWish; session: EvalSession },
): Promise<0 | 1> {
  const prepared = await prepare(app, id, wish);
  const principal = await orUsageError(app.identify(session.secret));
  demandMay(principal, prepared);
  const { versions, cases, casesHash, judgePrompt } = prepared;
  const needs = { app, principal, judgePrompt, promptId: id };
  const names = versions.map(({ meta }) => meta.version);
  const prices = await orUsageError(priceVersions(buildPriceParts(needs), names, cases));
  if (session.signal.aborted) {
    session.aside.write('stopped before anything was asked\n');
    return 1;
  }
  if (wish.dryRun) {
    session.print(wish.json ? pretty({ estimate: prices.map(toWirePrice) }) : priceText(prices));
    return 0;
  }
  session.aside.write(`${priceText(prices)}\n\n`);
  const progress = buildProgress(session.aside, versions.length * cases.length);
  const evaluation = await evaluate(
    {
      ...buildGraderParts(needs),
      invoke: (request) => app.invoke(request),
      principal,
      store: app.evals,
      simulated: app.simulated,
      now: session.now,
      newId,
      onResult: progress.add,
    },
    {
      promptId: id,
      versions,
      cases,
      casesHash,
      model: wish.model,
      concurrency: wish.concurrency,
      signal: session.signal,
    },
  );
  progress.end();
  const report = buildReport(prepared, wish, { evaluation, prices });
  session.print(wish.json ? pretty(toWireReport(report)) : reportText(report));
  return report.failures.length === 0 ? 0 : 1;
}

/** A line that is written over and over, where somebody watches. */
export interface Progress {
  /** One more has ended. */
  add: (result: CaseResult) => void;
  /** Takes the line away. */
  end: () => void;
}

const WIDTH = 30;
/** Back to the start of the line, and clear it. */
const CLEAR = '\r\u001b[K';

/** @param out where the line is drawn; nothing is, unless it is a terminal */
export function buildProgress(
  out: { isTTY?: boolean; write: (text: string) => unknown },
  total: number,
): Progress {
  let [done, nanoUsd] = [0, 0];
  const draw = (text: string): void => {
    if (out.isTTY) out.write(`${CLEAR}${text}`);
  };
  return {
    add({ score }) {
      done += 1;
      nanoUsd += score.costNanoUsd;
      const filled = Math.floor((WIDTH * done) / Math.max(1, total));
      const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
      draw(`${bar} ${String(done)}/${String(total)}  ${toUsd(nanoUsd).toFixed(6)} USD`);
    },
    end: () => {
      draw('');
    },
  };
}
