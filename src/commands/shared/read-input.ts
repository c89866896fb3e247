import { readFileSync } from 'node:fs';
import { UsageError } from './fail.ts';

/** Source of a tool's input: a file, standard input (`-`) or the command line itself. */
export interface InputOptions {
  input?: string | undefined;
  json?: string | undefined;
}

/** The input given on the command line, parsed; an empty object if none was given. */
export function readInput({ input, json }: InputOptions): unknown {
  if (input !== undefined && json !== undefined)
    throw new UsageError('give --input or --json, not both');
  const text =
    json ?? (input === undefined ? '{}' : readFileSync(input === '-' ? 0 : input, 'utf8'));
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = json === undefined ? `the file ${input ?? ''}` : '--json';
    throw new UsageError(`${place} is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}
