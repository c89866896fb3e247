/** Longest id, name of a model or word for an error that is kept of a provider. */
export const LONGEST_NAME = 128;

/** Longest explanation of a provider that is passed on. */
const LONGEST_WORDS = 300;

/** Read of a message at most: what is cut off cannot be searched for secrets, so it is not shown. */
const MOST_SEARCHED = 4_000;

/** A name or an id as a provider writes it: one word of printable ASCII, or null. */
export function toName(value: unknown, longest = LONGEST_NAME): string | null {
  if (typeof value !== 'string' || value === '' || value.length > longest) return null;
  return /^[\x21-\x7e]+$/.test(value) ? value : null;
}

/** Cleans what a provider says of secrets that it was sent, or that look like ones. */
export interface Cleaner {
  /** Words for people: without secrets and control characters, and not longer than a few lines. */
  words(said: string): string;
  /** A name, or null if it is none; a secret is none. */
  name(value: unknown): string | null;
  /** The same error without secrets in its words; its class is lost, its name is not. */
  error(thrown: unknown): unknown;
}

const HIDDEN = '[secret]';

/** Keys as they look: ours, those of providers, tokens, and whatever follows the name of a header for one. */
const LOOKS_SECRET = [
  /tg_[a-z]{2,8}_[0-9A-Za-z]{6,}/g,
  /\b(?:sk|pk|rk|gsk|xai|hf|nvapi|pplx)[-_][\w*.-]{6,}/g,
  /\b(?:AIza[\w-]{20,}|AKIA[A-Z0-9]{12,}|eyJ[\w-]{10,}(?:\.[\w-]+)+)/g,
  /\b(?:Bearer\s+|(?:x-)?api[-_]key["']?\s*[:=]\s*["']?)[^\s"',;]+/gi,
];

/** A shorter key could be a word that anybody says. */
const SHORTEST_SECRET = 6;

/** So many characters of a key in a row are no coincidence. */
const FRAGMENT_CHARS = 8;

/** @param secrets what the provider was sent to prove who asks */
export function buildCleaner(secrets: readonly string[]): Cleaner {
  const known = secrets.filter((each) => each.length >= SHORTEST_SECRET);
  const fragments = new Set(
    known.filter((each) => each.length >= 2 * FRAGMENT_CHARS).flatMap(fragmentsOf),
  );
  const hide = (said: string): string => {
    let text = said;
    for (const secret of known) text = text.replaceAll(secret, HIDDEN);
    for (const pattern of LOOKS_SECRET) text = text.replace(pattern, HIDDEN);
    return text.replace(/[^\s"'`,;()[\]{}<>]{8,}/g, (word) =>
      hasFragment(word, fragments) ? HIDDEN : word,
    );
  };
  const words = (said: string, longest = LONGEST_WORDS): string =>
    hide(said.slice(0, MOST_SEARCHED))
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .slice(0, longest);
  return {
    words: (said) => words(said),
    name(value) {
      const name = toName(value);
      return name === null || hide(name) !== name ? null : name;
    },
    error: (thrown) => cleanError(thrown, (said) => words(said, MOST_SEARCHED)),
  };
}

const fragmentsOf = (secret: string): string[] =>
  Array.from({ length: secret.length - FRAGMENT_CHARS + 1 }, (_, at) =>
    secret.slice(at, at + FRAGMENT_CHARS),
  );

function hasFragment(word: string, fragments: ReadonlySet<string>): boolean {
  if (fragments.size === 0) return false;
  for (let at = 0; at + FRAGMENT_CHARS <= word.length; at += 1) {
    if (fragments.has(word.slice(at, at + FRAGMENT_CHARS))) return true;
  }
  return false;
}

/** Causes of causes are followed so far. */
const MOST_CAUSES = 4;

/** An SDK's error carries the body, the headers and the request: only its words are kept. */
function cleanError(thrown: unknown, clean: (said: string) => string, depth = 0): unknown {
  if (!(thrown instanceof Error) || depth >= MOST_CAUSES) return undefined;
  const cause = cleanError(thrown.cause, clean, depth + 1);
  const cleaned = new Error(clean(thrown.message), cause === undefined ? {} : { cause });
  const { code } = thrown as { code?: unknown };
  const stack = (thrown.stack ?? '').slice(`${thrown.name}: ${thrown.message}`.length);
  return Object.assign(cleaned, {
    name: thrown.name,
    stack: `${thrown.name}: ${cleaned.message}${stack}`,
    ...(typeof code === 'string' && { code }),
  });
}
