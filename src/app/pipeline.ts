import type { Logger } from 'pino';
import type { AdmitParts } from '../budget/admit.ts';
import type { ChoosePrompt, Layer } from '../core/call/call.ts';
import type { SchemaChecks } from '../core/tool/schema-check.ts';
import type { Knowledge, Planner, Tool } from '../core/tool/define-tool.ts';
import { buildAnswerFromExact, type ExactParts } from '../layers/answer-from-exact.ts';
import { buildAnswerFromSimilar, type SimilarLayerParts } from '../layers/answer-from-similar.ts';
import { buildCheckAccess } from '../layers/check-access.ts';
import { buildChoosePrompt } from '../layers/choose-prompt.ts';
import { buildEnforceDeadline } from '../layers/enforce-deadline.ts';
import { buildHoldBudget } from '../layers/hold-budget.ts';
import { buildStoreAnswer, type StoreAnswerParts } from '../layers/store-answer.ts';
import { buildMapErrors } from '../layers/map-errors.ts';
import { buildNoteSimulated } from '../layers/note-simulated.ts';
import { buildPlanCall } from '../layers/plan-call.ts';
import { buildRecordCall } from '../layers/record-call.ts';
import { buildReplayIdempotent, type IdempotencyParts } from '../layers/replay-idempotent.ts';
import { buildRunTool, type Services } from '../layers/run-tool.ts';
import { buildShareInFlight } from '../layers/share-in-flight.ts';
import { buildTraceCall } from '../layers/trace-call.ts';
import { buildValidateInput } from '../layers/validate-input.ts';
import { buildValidateOutput } from '../layers/validate-output.ts';
import type { ModelParts } from '../model/run-attempt.ts';
import type { LedgerWriter } from '../stores/ports/store.ts';

export interface PipelineParts {
  tools: readonly Tool[];
  /** Tools tollgate calls for itself; nobody else is shown or served them. */
  ownTools: readonly Tool[];
  checks: SchemaChecks;
  log: Logger;
  ledger: LedgerWriter;
  replay: IdempotencyParts;
  admit: AdmitParts;
  cache: { exact: ExactParts; similar: SimilarLayerParts; keep: StoreAnswerParts };
  model: ModelParts;
  /** Whether the built-in simulator plays a model. */
  isSimulated: (model: string) => boolean;
  choosePrompt: ChoosePrompt;
  plan: Planner;
  knowledge: () => Promise<Knowledge>;
  services: Services;
  now: () => number;
}

/** The pipeline of every call, outermost first. Order is policy: each line says why it stands there. */
export const pipeline = (parts: PipelineParts): readonly Layer[] => [
  buildTraceCall(parts.log), // outermost, so that nothing escapes it
  buildRecordCall(parts.ledger, parts.log, parts.now), // above every way to fail, so that failures have rows too; settles what is held below
  buildMapErrors(), // above all that throws: from here up there are only outcomes
  buildCheckAccess(), // before anything is said about a tool that the key may not call
  buildValidateInput(parts), // before anything reads the input or spends on it
  buildReplayIdempotent(parts.replay), // needs the parsed input; whatever is below happens once per key
  buildNoteSimulated(parts.isSimulated), // below the replay, which keeps it with the outcome; whoever answers is below
  buildChoosePrompt(parts.choosePrompt), // cached answers belong to one version, so it must be known first
  buildAnswerFromExact(parts.cache.exact), // free, so before any budget and any plan
  buildShareInFlight(parts.now), // above the deadline: a run that others are on outlasts its first caller
  buildEnforceDeadline(parts.now), // knows the tool now; one signal for all that waits below
  buildPlanCall(parts.plan), // what the call may take must be known before it can be reserved
  buildHoldBudget(parts.admit), // all that may spend is below
  buildAnswerFromSimilar(parts.cache.similar), // an embedding or a judge costs a little, a hit saves the rest
  buildStoreAnswer(parts.cache.keep), // above the check of the output: only what is whole and fits is kept
  buildValidateOutput(parts.checks), // next to the tool, so that nothing above keeps or shows a wrong answer
  buildRunTool(parts), // the core: a chain of models, the tool without one, or its own function
];
