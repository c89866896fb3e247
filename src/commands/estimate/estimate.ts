import { quietLog } from '../../config/here.ts';
import { printReport } from './report.ts';
import { UsageError } from '../shared/fail.ts';
import { invoke, pretty, print } from '../shared/invoke.ts';
import { openApp } from '../shared/open-app.ts';
import { readInput } from '../shared/read-input.ts';

export interface EstimateOptions {
  input?: string;
  /** With `report` true, else the input. */
  json?: string | true;
  report?: true;
  calls: string;
}

/** `tollgate estimate`: what a call would cost, or how good such estimates have been. */
export async function estimate(
  tool: string | undefined,
  { input, json, report, calls }: EstimateOptions,
): Promise<void> {
  if (report) {
    if (tool !== undefined || input !== undefined || typeof json === 'string')
      throw new UsageError('--report is about the ledger: it takes no tool and no input');
    await printReport({ calls: toCalls(calls), asJson: json === true });
    return;
  }
  if (tool === undefined) throw new UsageError('name a tool, or ask for --report');
  if (json === true) throw new UsageError('--json needs the input, as JSON');
  await printEstimate(tool, readInput({ input, json }));
}

/** As any agent may ask: through the pipeline, with a row of its own in the ledger. */
async function printEstimate(tool: string, input: unknown): Promise<void> {
  const { app } = openApp(quietLog());
  try {
    const ended = await invoke(app, { toolName: 'estimate_cost', input: { tool, input } });
    if (ended !== null) print(pretty(ended.output));
  } finally {
    await app.close();
  }
}

function toCalls(text: string): number {
  const calls = Number(text);
  if (Number.isInteger(calls) && calls > 0) return calls;
  throw new UsageError(`--calls must be a whole number above 0, not "${text}"`);
}
