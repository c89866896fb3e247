import { isFields, type Fields } from '../http/bounds.ts';

/** A server's account of an error, in whatever dialect. */
export interface UpstreamError {
  message: string | null;
  /** Its own word for the error. */
  type: string | null;
  /** An HTTP status, where it names one in the body. */
  status: number | null;
}

export const NO_UPSTREAM_ERROR: UpstreamError = { message: null, type: null, status: null };

/**
 * The error in a body or an event, or null if there is none. OpenAI, llama.cpp and Ollama send
 * `{error: {…}}`, TGI and LM Studio `{error: "text"}`, older vLLM `{object: "error", …}`.
 */
export function errorIn(value: unknown): UpstreamError | null {
  if (!isFields(value)) return null;
  const { error } = value;
  if (isFields(error)) return saidIn(error);
  if (typeof error === 'string') return { ...saidIn(value), message: error };
  return value['object'] === 'error' ? saidIn(value) : null;
}

/** The same for the body of a refusal, which is an error for its status; HTML says nothing. */
export function errorInBody(body: string): UpstreamError {
  const value = parse(body);
  return errorIn(value) ?? (isFields(value) ? saidIn(value) : NO_UPSTREAM_ERROR);
}

function saidIn(fields: Fields): UpstreamError {
  const { message, detail, code, type, error_type: errorType } = fields;
  const status = toNumber(code);
  return {
    message: toText(message) ?? toText(detail) ?? (detail ? JSON.stringify(detail) : null),
    type: (Number.isNaN(status) ? toText(code) : null) ?? toText(type) ?? toText(errorType),
    status: status >= 400 && status <= 599 ? status : null,
  };
}

const toNumber = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;

const toText = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
