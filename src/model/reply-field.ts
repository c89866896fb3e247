import { newScanner, scan, type JsonScanner } from './json-scanner.ts';

/**
 * Reads one string field out of a JSON object while it is still arriving, so that the text in it
 * can be streamed on.
 */
export interface ReplyField {
  /** The next chunk of JSON -> the next piece of the field's text, often empty. */
  push(chunk: string): string;
}

interface FieldState extends JsonScanner {
  /** A high surrogate that waits for its other half: half a character is never sent. */
  half: string;
  /** True where the next string at depth 1 is a key. */
  expectsKey: boolean;
  key: string;
  string: string;
}

/** A reader of the top-level string field `name`. */
export function replyField(name: string): ReplyField {
  const state: FieldState = { ...newScanner(), half: '', expectsKey: false, key: '', string: '' };
  return {
    push(chunk) {
      let text = '';
      for (const unit of splitUnits(chunk)) text += read(state, unit, name);
      return text;
    },
  };
}

/** UTF-16 units, not code points: chunks may end between two halves. */
const splitUnits = (chunk: string): string[] => chunk.split('');

function read(state: FieldState, unit: string, name: string): string {
  const wasInString = state.inString;
  const content = scan(state, unit);
  if (content !== null) return keep(state, content, name);
  if (!wasInString) readOutside(state, unit);
  else if (!state.inString) return endString(state);
  return '';
}

function readOutside(state: FieldState, unit: string): void {
  if (unit === '"') state.string = '';
  else if (unit === '{' || unit === ',') state.expectsKey = true;
  else if (unit === '[' || unit === ':') state.expectsKey = false;
}

/** @returns a half that waited in vain: the text itself ends with it */
function endString(state: FieldState): string {
  if (state.depth === 1 && state.expectsKey) state.key = state.string;
  const { half } = state;
  state.half = '';
  return half;
}

/** One unit of a string: part of a key, of the wanted value, or of something else. */
function keep(state: FieldState, unit: string, name: string): string {
  if (state.depth !== 1) return '';
  if (state.expectsKey) {
    state.string += unit;
    return '';
  }
  if (state.key !== name) return '';
  const { half } = state;
  const waits = /[\ud800-\udbff]/.test(unit);
  state.half = waits ? unit : '';
  return waits ? half : half + unit;
}
