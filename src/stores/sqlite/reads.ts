import type { Database } from 'better-sqlite3';
import { openQuestions, type Questions } from './usage/questions.ts';

/** Reads whose work may grow with what is kept, by name: they are asked here, or in a thread. */
export type Reads = Questions;

/** @param db with the function `patient` */
export const openReads = (db: Database): Reads => openQuestions(db);
