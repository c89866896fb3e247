const WORD = /[\p{L}\p{N}]+/gu;
const CUT_MARK = /(?:…|\.\.\.)$/;
const SENTENCE_END = /[.!?。！？]["'”’)\]]*$/;
/** Nobody cuts a short text; what ends without a full stop there is a line of a list. */
const LONG_CHARS = 300;
/** "Yes." stands in every text and proves nothing. */
const TELLING_WORDS = 3;

/** A text as its words, so that line breaks, list marks and quotes make no difference. */
export type Plain = string;

export function toPlain(text: string): Plain {
  return ` ${(text.toLowerCase().match(WORD) ?? []).join(' ')} `;
}

/** An answer as it was stored: whole, or only its beginning. */
export interface Quote {
  readonly plain: Plain;
  readonly isCut: boolean;
}

export function toQuote(answer: string): Quote {
  const text = answer.trim();
  const isCut = CUT_MARK.test(text) || (text.length > LONG_CHARS && !SENTENCE_END.test(text));
  const plain = toPlain(text);
  // A cut may go through a word.
  return { plain: isCut ? plain.replace(/\S+ $/, '') : plain, isCut };
}

export function isQuotedIn({ plain }: Quote, text: Plain): boolean {
  return plain.trim().split(' ').length >= TELLING_WORDS && text.includes(plain);
}

/** Whether who gets `stored` is told all that `fresh` says; the unseen end of a cut one goes on alike. */
export function tells(stored: Quote, fresh: Quote): boolean {
  if (stored.plain.includes(fresh.plain))
    return !fresh.isCut || stored.plain.startsWith(fresh.plain);
  return stored.isCut && fresh.plain.startsWith(stored.plain);
}
