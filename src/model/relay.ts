import type { Call } from '../core/call/call.ts';
import type { LlmTool } from '../core/tool/define-tool.ts';
import { replyField } from './reply-field.ts';

/** Takes the model's JSON as it comes and tells the caller of it. */
export interface Relay {
  /** A model begins to answer; `after` is why the attempt before it failed, null for the first. */
  begin(model: string, after: string | null): void;
  /** The next piece. Await what comes back: a slow reader slows the model down. */
  take(piece: string): void | Promise<void>;
  /** The answer is whole. One without any text still voids what came before a break. */
  end(): void | Promise<void>;
}

/** A tool without a streaming field says how far it is this often, milliseconds. */
const PROGRESS_EVERY_MS = 500;

/** Good enough to show that something moves; what is billed is counted elsewhere. */
const CHARS_PER_TOKEN = 3;

/** Text of the tool's streaming field as `delta`s; progress where it has none. */
export function buildRelay(tool: LlmTool, call: Call, now: () => number): Relay {
  const { streams } = tool;
  if (streams === undefined) return progressRelay(call, now);
  return textRelay({ streams, usable: tool.policy.partialUsable }, call, now);
}

/**
 * `restart` is said with the first text after a break, not at the break: if no model gets that far,
 * the caller keeps what it has.
 */
function textRelay(
  { streams, usable }: { streams: string; usable: boolean },
  { meta, emit }: Call,
  now: () => number,
): Relay {
  let field = replyField(streams);
  let restart: { model: string; reason: string } | null = null;
  const say = async (text: string, first: NonNullable<typeof restart>): Promise<void> => {
    await emit({ event: 'restart', data: first });
    await emit({ event: 'delta', data: { text } });
  };
  return {
    begin(model, after) {
      field = replyField(streams);
      restart = meta.partial === null || after === null ? null : { model, reason: after };
    },
    take(piece) {
      meta.ttftMs ??= now() - meta.startedAt;
      const text = field.push(piece);
      if (text === '') return;
      const first = restart;
      restart = null;
      const before = first === null ? (meta.partial?.text_chars ?? 0) : 0;
      meta.partial = { usable, text_chars: before + text.length };
      return first === null ? emit({ event: 'delta', data: { text } }) : say(text, first);
    },
    end: () => (restart === null ? undefined : emit({ event: 'restart', data: restart })),
  };
}

function progressRelay({ meta, emit }: Call, now: () => number): Relay {
  let chars = 0;
  let saidAt = 0;
  return {
    begin() {
      chars = 0;
    },
    take(piece) {
      meta.ttftMs ??= now() - meta.startedAt;
      chars += piece.length;
      if (now() - saidAt < PROGRESS_EVERY_MS) return;
      saidAt = now();
      const data = { output_tokens: Math.ceil(chars / CHARS_PER_TOKEN) };
      return emit({ event: 'progress', data });
    },
    end: () => undefined,
  };
}
