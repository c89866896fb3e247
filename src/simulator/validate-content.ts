import { invalid } from './errors.ts';
import { isList, isObject } from './json.ts';
import type { JsonObject } from './json.ts';

const ROLES = ['user', 'assistant', 'system'] as const;

/** One message, reduced to what the brain reads and the bill counts. */
export interface MessageTurn {
  readonly role: (typeof ROLES)[number];
  readonly text: string;
  /** Images and PDFs: nothing here can read them, but they are paid for. */
  readonly attachments: number;
}

/** One block of a message or of the system prompt. */
export interface ContentPart extends TurnContent {
  /** As it was sent; what came as a plain string is the text block it stands for. */
  readonly source: JsonObject;
  readonly path: string;
}

export interface ReadTurn extends MessageTurn {
  readonly parts: readonly ContentPart[];
}

export function readTurns(value: unknown): ReadTurn[] {
  if (value === undefined) throw invalid('messages: Field required');
  if (!isList(value)) throw invalid('messages: Input should be a valid list');
  if (value.length === 0) throw invalid('messages: at least one message is required');
  const turns = value.map((message, index) => readTurn(message, `messages.${String(index)}`));
  if (turns[0]?.role === 'assistant') {
    throw invalid('messages: first message must use the "user" role');
  }
  return turns;
}

function readTurn(message: unknown, path: string): ReadTurn {
  if (!isObject(message)) throw invalid(`${path}: Input should be an object`);
  const role = ROLES.find((known) => known === message['role']);
  if (!role) throw invalid(`${path}.role: Input should be 'user', 'assistant' or 'system'`);
  const parts = readParts(message['content'], `${path}.content`);
  return { role, ...join(parts), parts };
}

type TurnContent = Pick<MessageTurn, 'text' | 'attachments'>;

function readParts(content: unknown, path: string): ContentPart[] {
  if (content === undefined) throw invalid(`${path}: Field required`);
  if (typeof content === 'string') {
    if (content === '') throw invalid(`${path}: text content must be non-empty`);
    return [toTextPart(content, path)];
  }
  if (!isList(content)) throw invalid(`${path}: Input should be a valid string or list`);
  if (content.length === 0) throw invalid(`${path}: at least one content block is required`);
  return content.map((block, index) => readBlock(block, `${path}.${String(index)}`));
}

function toTextPart(text: string, path: string): ContentPart {
  return { text, attachments: 0, source: { type: 'text', text }, path };
}

const SILENT: TurnContent = { text: '', attachments: 0 };

/** Every kind of block a message may hold, and what is left of it for reader and bill. */
const READ_BLOCK: Readonly<Record<string, (block: JsonObject, path: string) => TurnContent>> = {
  text: (block, path) => ({ text: readText(block, path), attachments: 0 }),
  image: () => ({ text: '', attachments: 1 }),
  document: readDocument,
  tool_use: ({ input }) => ({ text: JSON.stringify(input ?? {}), attachments: 0 }),
  tool_result: ({ content }, path) =>
    // A tool may have nothing to say.
    content === undefined || content === '' || (isList(content) && content.length === 0)
      ? SILENT
      : join(readParts(content, `${path}.content`)),
  thinking: () => SILENT,
  redacted_thinking: () => SILENT,
};

function readBlock(block: unknown, path: string): ContentPart {
  if (!isObject(block)) throw invalid(`${path}: Input should be an object`);
  const { type } = block as { type?: unknown };
  if (typeof type !== 'string') throw invalid(`${path}.type: Field required`);
  const read = Object.hasOwn(READ_BLOCK, type) ? READ_BLOCK[type] : undefined;
  if (!read) throw invalid(`${path}.type: '${type}' is not a known block type`);
  return { ...read(block, path), source: block, path };
}

function readDocument(block: JsonObject): TurnContent {
  const source = isObject(block['source']) ? block['source'] : {};
  const { data } = source as { data?: unknown };
  return source['type'] === 'text' && typeof data === 'string'
    ? { text: data, attachments: 0 }
    : { text: '', attachments: 1 };
}

function readText(block: JsonObject, path: string): string {
  const { text } = block as { text?: unknown };
  if (typeof text !== 'string') throw invalid(`${path}.text: Input should be a valid string`);
  if (text === '') throw invalid('messages: text content blocks must be non-empty');
  return text;
}

function join(parts: readonly TurnContent[]): TurnContent {
  return {
    text: parts.flatMap(({ text }) => (text ? [text] : [])).join('\n\n'),
    attachments: parts.reduce((sum, part) => sum + part.attachments, 0),
  };
}

/** The system prompt as blocks; its text is theirs, joined. */
export function readSystem(value: unknown): { text: string; parts: readonly ContentPart[] } {
  if (value === undefined || value === null || value === '') return { text: '', parts: [] };
  if (typeof value === 'string') return { text: value, parts: [toTextPart(value, 'system')] };
  if (!isList(value)) throw invalid('system: Input should be a valid string or list');
  const parts = value.map((block, index) => readBlock(block, `system.${String(index)}`));
  return { text: join(parts).text, parts };
}

export function readStopSequences(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!isList(value)) throw invalid('stop_sequences: Input should be a valid list');
  return value.map((sequence) => {
    if (typeof sequence !== 'string') throw invalid('stop_sequences: Input should be a string');
    if (sequence.trim() === '') {
      throw invalid('stop_sequences: each stop sequence must contain non-whitespace');
    }
    return sequence;
  });
}

/** The schema of `output_config.format`, or null when plain text is wanted. */
export function readFormat(outputConfig: unknown): JsonObject | null {
  if (outputConfig === undefined || outputConfig === null) return null;
  if (!isObject(outputConfig)) throw invalid('output_config: Input should be an object');
  const format = outputConfig['format'];
  if (format === undefined || format === null) return null;
  if (!isObject(format) || format['type'] !== 'json_schema') {
    throw invalid("output_config.format.type: Input should be 'json_schema'");
  }
  const { schema } = format as { schema?: unknown };
  if (!isObject(schema)) throw invalid('output_config.format.schema: Field required');
  return schema;
}
