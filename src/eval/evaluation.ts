import type { Asker } from '../core/tool/schema-check.ts';

/** Owner of the schemas and patterns of graders: all cases of a file are one caller. */
export const EVALUATION: Asker = { owner: 'evaluation' };
