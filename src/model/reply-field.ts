/**
 * Reads one string field out of a JSON object while it is still arriving, so that the text in it
 * can be streamed on. Knows just enough JSON for that: strings, escapes and depth.
 */
export interface ReplyField {
  /** The next chunk of JSON -> the next piece of the field's text, often empty. */
  push(chunk: string): string;
}

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

interface State {
  depth: number;
  inString: boolean;
  /** Characters of an escape sequence that has not ended, from its backslash on. */
  escape: string;
  /** A high surrogate that waits for its other half: half a character is never sent. */
  half: string;
  /** True where the next string at depth 1 is a key. */
  expectsKey: boolean;
  key: string;
  string: string;
}

/** A reader of the top-level string field `name`. */
export function replyField(name: string): ReplyField {
  const state: State = {
    depth: 0,
    inString: false,
    escape: '',
    half: '',
    expectsKey: false,
    key: '',
    string: '',
  };
  return {
    push(chunk) {
      let text = '';
      for (const char of splitUnits(chunk)) {
        text += state.inString ? readInString(state, char, name) : readOutside(state, char);
      }
      return text;
    },
  };
}

/** UTF-16 units, not code points: chunks may end between two halves. */
const splitUnits = (chunk: string): string[] => chunk.split('');

function readOutside(state: State, char: string): string {
  if (char === '"') {
    state.inString = true;
    state.string = '';
  } else if (char === '{' || char === '[') {
    state.depth += 1;
    state.expectsKey = char === '{';
  } else if (char === '}' || char === ']') {
    state.depth -= 1;
  } else if (char === ',') {
    state.expectsKey = true;
  } else if (char === ':') {
    state.expectsKey = false;
  }
  return '';
}

function readInString(state: State, char: string, name: string): string {
  if (state.escape !== '' || char === '\\') {
    state.escape += char;
    const unit = unescape(state.escape);
    if (unit === null) return '';
    state.escape = '';
    return keep(state, unit, name);
  }
  if (char === '"') return endString(state);
  return keep(state, char, name);
}

/** The unit an escape stands for, or null while it is incomplete. */
function unescape(escape: string): string | null {
  const kind = escape[1];
  if (kind === undefined) return null;
  if (kind !== 'u') return ESCAPES[kind] ?? kind;
  return escape.length === 6 ? String.fromCharCode(Number.parseInt(escape.slice(2), 16)) : null;
}

/** @returns a half that waited in vain: the text itself ends with it */
function endString(state: State): string {
  state.inString = false;
  if (state.depth === 1 && state.expectsKey) state.key = state.string;
  const { half } = state;
  state.half = '';
  return half;
}

/** One unit of a string: part of a key, of the wanted value, or of something else. */
function keep(state: State, unit: string, name: string): string {
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
