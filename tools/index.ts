import type { Tool } from '../src/core/tool/define-tool.ts';
import { answerQuestion } from './answer-question.ts';
import { classifyText } from './classify-text.ts';
import { estimateCost } from './system/estimate-cost.ts';
import { extractData } from './extract-data.ts';
import { getBudget } from './system/get-budget.ts';
import { getCall } from './system/get-call.ts';
import { getUsage } from './system/get-usage.ts';
import { giveFeedback } from './system/give-feedback.ts';
import { rewriteText } from './rewrite-text.ts';
import { summarizeText } from './summarize-text.ts';

/** Every tool, in the order in which fronts list them. Agents' clients take 20 at most gladly. */
export const tools: readonly Tool[] = [
  answerQuestion,
  summarizeText,
  classifyText,
  extractData,
  rewriteText,
  estimateCost,
  getBudget,
  getUsage,
  getCall,
  giveFeedback,
];
