/** Texts that a model was given to answer from. Like anything it has read, it knows them later on. */
export interface Documents {
  note(account: string, text: string): void;
  /** The latest first. */
  of(account: string): readonly string[];
}

const MOST_ACCOUNTS = 64;
const MOST_TEXTS = 16;
const MOST_CHARS = 2_000_000;

/** Documents of one account's requests are known to that account's requests alone. */
export function buildDocuments(): Documents {
  const accounts = new Map<string, string[]>();
  return {
    note(account, text) {
      if (text === '') return;
      const known = accounts.get(account) ?? [];
      const others = known.filter((each) => each !== text);
      accounts.delete(account);
      accounts.set(account, within([text, ...others].slice(0, MOST_TEXTS)));
      const [oldest] = accounts.keys();
      if (accounts.size > MOST_ACCOUNTS && oldest !== undefined) accounts.delete(oldest);
    },
    of: (account) => accounts.get(account) ?? [],
  };
}

function within(texts: readonly string[]): string[] {
  let chars = 0;
  return texts.filter((text) => {
    chars += text.length;
    return chars <= MOST_CHARS;
  });
}
