import { newScanner, scan, type JsonScanner } from '../json-scanner.ts';
import type { ModelEvent } from '../provider.ts';

/**
 * A server that enforces no schema lets a model talk: code fences, a greeting, `<think>` in the text
 * itself. Only the JSON object is the reply; the rest counts as thinking, which shows that the model
 * is alive and what it costs. Where there is no object at all, all of it is the reply.
 */
export async function* onlyObject(events: AsyncIterable<ModelEvent>): AsyncGenerator<ModelEvent> {
  const finder = findObject();
  for await (const event of events) {
    if (event.type === 'text') {
      const text = finder.push(event.text);
      const chars = event.text.length - text.length;
      if (chars > 0) yield { type: 'thinking', chars };
      if (text !== '') yield { type: 'text', text };
      continue;
    }
    if (event.type === 'end' && finder.before() !== '') {
      yield { type: 'text', text: finder.before() };
    }
    yield event;
  }
}

interface ObjectState extends JsonScanner {
  place: 'before' | 'inside' | 'after';
  /** Text before the object; never read while it grows, or long talk would take its square. */
  before: string;
  /** Its first and its last characters, as many as a tag has. */
  lead: string;
  tail: string;
  /** Braces in there are no object. */
  isThinking: boolean;
}

interface Finder {
  /** The next piece -> what of it belongs to the object. */
  push: (piece: string) => string;
  /** Everything so far, while no object has begun. */
  before: () => string;
}

function findObject(): Finder {
  const state: ObjectState = {
    ...newScanner(),
    place: 'before',
    before: '',
    lead: '',
    tail: '',
    isThinking: false,
  };
  return {
    push(piece) {
      let kept = '';
      for (const unit of piece.split('')) {
        if (state.place === 'before') look(state, unit);
        if (state.place !== 'inside') continue;
        kept += unit;
        scan(state, unit);
        if (state.depth === 0) state.place = 'after';
      }
      return kept;
    },
    before: () => (state.place === 'before' ? state.before : ''),
  };
}

const BEGIN = '<think>';
const END = '</think>';

function look(state: ObjectState, unit: string): void {
  if (unit === '{' && !state.isThinking) {
    state.place = 'inside';
    return;
  }
  state.before += unit;
  state.tail = (state.tail + unit).slice(-END.length);
  if (state.lead.length < END.length) state.lead = (state.lead + unit).trimStart();
  if (unit !== '>') return;
  if (state.lead === BEGIN) state.isThinking = true;
  if (state.tail === END) state.isThinking = false;
}
