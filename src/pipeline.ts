import type { Logger } from 'pino';
import type { Layer } from './call/call.ts';
import type { SchemaChecks } from './call/schema-check.ts';
import type { Knowledge, Planner, Tool, ToolContext } from './call/tool.ts';
import { buildEnforceDeadline } from './layers/enforce-deadline.ts';
import { buildMapErrors } from './layers/map-errors.ts';
import { buildRecordCall } from './layers/record-call.ts';
import { buildRunTool } from './layers/run-tool.ts';
import { buildTraceCall } from './layers/trace-call.ts';
import { buildValidateInput } from './layers/validate-input.ts';
import { buildValidateOutput } from './layers/validate-output.ts';
import type { ModelParts } from './model/try-model.ts';
import type { LedgerWriter } from './stores/ports.ts';

export interface PipelineParts {
  tools: readonly Tool[];
  checks: SchemaChecks;
  log: Logger;
  ledger: LedgerWriter;
  model: ModelParts;
  plan: Planner;
  knowledge: () => Promise<Knowledge>;
  services: Pick<ToolContext, 'books' | 'estimate' | 'now'>;
  now: () => number;
}

/** The road of every call, outermost first. Order is policy: each line says why it stands there. */
export const pipeline = (parts: PipelineParts): readonly Layer[] => [
  buildTraceCall(parts.log), // outermost, so that nothing escapes it
  buildRecordCall(parts.ledger, parts.log, parts.now), // above every way to fail, so that failures have rows too
  buildMapErrors(), // above all that throws: from here up there are only outcomes
  buildValidateInput(parts.tools, parts.checks), // before anything reads the input or spends on it
  buildEnforceDeadline(parts.now), // knows the tool now; one signal for all that waits below
  buildValidateOutput(parts.checks), // next to the tool, so that nothing above keeps or shows a wrong answer
  buildRunTool(parts), // the core: a chain of models, the tool without one, or its own function
];
