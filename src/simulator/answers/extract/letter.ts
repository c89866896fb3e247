import type { Facts } from './facts.ts';

const WORD = String.raw`\p{Lu}[\p{L}'’-]+`;
const PARTICLE = '(?:de|van|von|der|den|da|bin|al|la|le)';
const NAME = `${WORD}(?: ${PARTICLE})*(?: ${WORD}| \\p{Lu}\\.){0,3}`;
const ONE_NAME = new RegExp(`^["']?(?:(?:Mr|Mrs|Ms|Dr|Prof)\\.? )?(${NAME})`, 'u');
/** First and last name and nothing else. */
export const FULL_NAME = new RegExp(`^${WORD}(?: (?:\\p{Lu}\\.|${PARTICLE}|${WORD})){1,3}$`, 'u');

const CLOSING =
  /^(?:(?:best|kind|warm|many|with)\s+)*(?:regards|wishes|sincerely|thanks|thank you|cheers|best|yours(?: \w+)?|greetings|love)\b[^\p{L}]*$/iu;
const GREETING = new RegExp(
  `^(?:dear|hi|hello|hey|good (?:morning|afternoon|evening))\\s+(?:(?:mr|mrs|ms|dr)\\.?\\s+)?(${NAME})`,
  'iu',
);
const INTRODUCTION = new RegExp(`\\b(?:[Mm]y name is|[Tt]his is|I am|I'm)\\s+(${NAME})`, 'u');
const CONTACT = new RegExp(
  `(?:\\b[Cc]ontact(?: person)?(?: there| on site)?(?: is|:)|\\b[Aa]sk(?: there)?(?: for)?|\\b[Aa]ttn\\.?:?|[Aa]ttention of)\\s+(${NAME})`,
  'u',
);
const SIGNATURE_LINES = 6;

/** A name out of a value such as `Anna Schmidt <anna@example.com>`. */
export function readPerson(value: string): string | undefined {
  const bare = value.replace(/<[^>]*>|\([^)]*\)|(?<![\w.+-])[\w.+-]{1,64}@\S+/g, '').trim();
  return ONE_NAME.exec(bare)?.[1];
}

export function findIntroduced({ text }: Facts): string | undefined {
  return INTRODUCTION.exec(text)?.[1];
}

/** Whom to ask for, as letters say it. */
export function findContact({ text }: Facts): string | undefined {
  return CONTACT.exec(text)?.[1];
}

export function findGreeted(facts: Facts): string | undefined {
  for (const line of facts.lines) {
    const name = GREETING.exec(line)?.[1];
    if (name && /^\p{Lu}/u.test(name) && !/^(?:team|sir|all|there|everyone)/i.test(name))
      return inFull(name, facts);
  }
  return undefined;
}

export function findSigner(facts: Facts): string | undefined {
  const [first] = readSignature(facts);
  const name = first === undefined ? undefined : readPerson(first);
  return name && inFull(name, facts);
}

export function findSender({ pairs }: Facts): string | undefined {
  const from = pairs.find(({ key, line }) => /^from$/i.test(key) && line < 10);
  return from && readPerson(from.value);
}

/** The lines below "Kind regards". */
export function readSignature({ lines }: Facts): string[] {
  const closing = lines.findLastIndex((line) => CLOSING.test(line));
  return closing < 0
    ? []
    : lines
        .slice(closing + 1)
        .filter(Boolean)
        .slice(0, SIGNATURE_LINES);
}

/** Somebody called by the first name is often named in full in an address or a header. */
function inFull(name: string, { text }: Facts): string {
  if (name.includes(' ')) return name;
  const whole = new RegExp(
    `(?:^|: *"?)(${name}(?: ${PARTICLE})*(?: ${WORD}){1,2})(?=\\s*(?:$|[<",(]))`,
    'mu',
  );
  return whole.exec(text)?.[1] ?? name;
}
