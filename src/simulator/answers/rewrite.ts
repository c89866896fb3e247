import { splitSentences } from './sentences.ts';
import { CONTRACTIONS, FILLERS, FORMAL_WORDS, FRIENDLY_WORDS, PLAIN_WORDS } from './phrasing.ts';
import type { Replacement } from './phrasing.ts';
import { shapeSummary, toBullets } from './summarize.ts';

type Transform = (text: string) => string;

/** Changes an instruction can ask for, with their functions. All that match apply, in this order. */
const TRANSFORMS: readonly (readonly [asked: RegExp, transform: Transform])[] = [
  [/\bsummar|\btl;?dr\b/i, (text) => shapeSummary(text, { style: '', maxWords: null })],
  [/\bformal|professional|business|polite|official|corporate|diplomatic/i, toFormal],
  [/\bfriendl|warm|casual|informal|conversational|approachable|cheerful|relaxed/i, toFriendly],
  [/\bsimpl|plain|clear|easy|child|jargon|layman/i, (text) => replaceAll(text, PLAIN_WORDS)],
  [/\bshort|concise|brief|condens|tight|trim|crisp|succinct|filler/i, toShorter],
  [/\bpersua|convinc|confident|assertive/i, (text) => capitalize(tidy(replaceAll(text, FILLERS)))],
  [/\bcontraction/i, (text) => replaceAll(text, CONTRACTIONS)],
  [/\bbullet|\blist\b|\bpoints\b/i, (text) => toBullets(splitSentences(text))],
  [/\bupper\s?case|all caps|capital letters/i, (text) => text.toUpperCase()],
  [/\blower\s?case/i, (text) => text.toLowerCase()],
  [/\btitle case/i, toTitleCase],
  [/\bemoji/i, (text) => text.replace(/\s?\p{Extended_Pictographic}\ufe0f?/gu, '')],
  [/\bexclamation/i, (text) => text.replace(/!+/g, '.')],
];

/** Casual must not count as formal, though it contains the word. */
const INFORMAL = /\b(?:informal|less formal|not (?:too |so )?formal|casual)\w*/i;

/** The text as the instruction and the tone want it, with its meaning kept. */
export function rewrite(text: string, wish: string): string {
  const isInformal = INFORMAL.test(wish);
  let rewritten = tidy(text);
  for (const [asked, transform] of TRANSFORMS) {
    if (!asked.test(wish) || (isInformal && transform === toFormal)) continue;
    rewritten = transform(rewritten);
  }
  return rewritten.trim();
}

/** Tidies every rewrite: white space, doubled punctuation, capitals at the start of sentences. */
function tidy(text: string): string {
  const spaced = text
    .replace(/[ \t]+/g, ' ')
    .replace(/ *\n */g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/ +([,.;:!?])/g, '$1')
    .replace(/(?<!\.)\.\.(?!\.)/g, '.')
    .replace(/(\p{Ll}{2}[.!?])(?=(?:i|it|we|he|she|they|you|the|this|that)['’ ])/giu, '$1 ')
    .replace(/\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b/g, capitalizeWord)
    .replace(/([,;])(?=[\p{L}])/gu, '$1 ')
    .replace(/([!?])\1+/g, '$1')
    .replace(/\bi(?=$|[\s'’,.!?])/g, 'I');
  return capitalize(spaced).trim();
}

function capitalizeWord(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function capitalize(text: string): string {
  return text.replace(
    /(^|[.!?]["'”’)]?\s+|\n(?:[-*•] )?)(\p{Ll})(?![\w-]*[.@/])/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

function toFormal(text: string): string {
  const words = replaceAll(replaceAll(text, CONTRACTIONS), FORMAL_WORDS);
  const calm = words.replace(/!+/g, '.').replace(/\s?\p{Extended_Pictographic}\ufe0f?/gu, '');
  return capitalize(tidy(calm).replace(/^[,.;\s]+/, ''));
}

function toFriendly(text: string): string {
  const words = capitalize(replaceAll(text, FRIENDLY_WORDS));
  return /^(?:hi|hello|hey|dear)\b/i.test(words) ? words : `Hi! ${words}`;
}

function toShorter(text: string): string {
  const lean = capitalize(tidy(replaceAll(text, FILLERS).replace(/^[,\s]+/gm, '')));
  return lean.replace(/\s*\([^)]{0,200}\)/g, '');
}

function toTitleCase(text: string): string {
  return text.replace(/(?<![\p{L}'’])\p{Ll}(?=\p{L}{2,})/gu, (letter) => letter.toUpperCase());
}

/** Replaces whole words and keeps a capital at the beginning. */
function replaceAll(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduce(
    (rewritten, [from, to]) =>
      rewritten.replace(new RegExp(String.raw`\b(?:${from})(?!\w)`, 'gi'), (found) =>
        /^(?!I\b)\p{Lu}/u.test(found) ? capitalizeWord(to) : to,
      ),
    text.replaceAll('’', "'"),
  );
}
