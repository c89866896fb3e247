import type { Asker } from '../core/tool/schema-check.ts';

/** Whose schemas and patterns those of graders are: all cases of a file are one caller. */
export const EVALUATION: Asker = { owner: 'evaluation' };
