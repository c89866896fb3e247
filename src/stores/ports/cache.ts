import type { Usage } from '../../../schemas/wire/call.ts';

/**
 * An answer as it is kept. Its id is that of the call that made it. Times are milliseconds since the
 * epoch; they are absolute: being served prolongs nothing.
 */
export interface CachedAnswer {
  id: string;
  /** Everything an answer depends on but the compared text, hashed: no answer ever leaves its scope. */
  scope: string;
  /** Hash of the scope and the whole input; unique. */
  exactKey: string;
  tool: string;
  /** Prompt and version, for example faq@v1. */
  prompt: string;
  /** Owner of the answers; null: everybody. */
  tenant: string | null;
  model: string;
  /** The compared text as it was asked; null where only the same input is the same question. */
  question: string | null;
  /** The output, JSON. */
  output: string;
  /** Usage of the answer when it was made, and its price, integer nano-dollars. */
  usage: Usage;
  costNanoUsd: number;
  createdAt: number;
  /** From then on it answers no longer the same input … */
  exactUntil: number;
  /** … and from then on no other wording. */
  similarUntil: number;
}

export interface NewCachedAnswer extends CachedAnswer {
  /** Canonical key of the question, under which other wordings find it; null: none shall. */
  canon: string | null;
  tags: readonly string[];
  /** Past its time it is kept until then, for calls that no model answers. */
  staleUntil: number;
}

/** Source of a wording's same answer, or of its denial. `own` is the entry's own wording. */
export type WordingSource = 'own' | 'judge' | 'check' | 'caller' | 'person';

/** A wording that leads to an entry. */
export interface Alias {
  scope: string;
  canon: string;
  entry: string;
  /** The wording as it was asked: guards compare it. */
  text: string;
  source: WordingSource;
}

/** Matches of an input. Both may be past their time. */
export interface CacheMatches {
  exact: CachedAnswer | null;
  alias: { entry: CachedAnswer; text: string; source: WordingSource } | null;
}

export interface Neighbour {
  entry: CachedAnswer;
  /** Cosine, -1 to 1. */
  similarity: number;
}

/** An entry that answered. */
export interface Use {
  call: string;
  entry: string;
  at: number;
  savedNanoUsd: number;
  /** The wording, where it was another than the entry's own. */
  asked: { canon: string; text: string } | null;
}

/** Entries by conditions: every one given must hold. None at all: no entry. */
export interface Selection {
  entry?: string;
  tool?: string;
  /** Id, or id@version. */
  prompt?: string;
  tag?: string;
  tenant?: string;
  all?: true;
}

/** A verdict on a pair of question and answer that was, or would have been, served. */
export interface EvidenceLabel {
  /** Tool and compared field: evidence of all its scopes counts together. */
  class: string;
  /** Version of what found the pair: an embedder, or the canonical key. */
  index: string;
  /** Version of the guards and keys. */
  rules: string;
  /** Hash of the pair: a popular one counts once. */
  pair: string;
  similarity: number;
  same: boolean;
  /** Model that judged, or `caller`. */
  judge: string;
  at: number;
}

/** The key of evidence. */
export type EvidenceKey = Pick<EvidenceLabel, 'class' | 'index' | 'rules'>;

/** Whether a class of scopes may serve by similarity, and why. */
export interface ServingState {
  state: 'shadow' | 'serving';
  /** Served from there on; null in shadow. */
  threshold: number | null;
  /** Count of looks at the evidence: every look costs some confidence. */
  looks: number;
  /** Labels there were at the last look. */
  labels: number;
  /** Of the hits at the threshold: judged, wrong, and the upper bound of the wrong share. */
  judged: number;
  wrong: number;
  bound: number;
  at: number;
}

/** A wording that must never be served an entry, for reading. */
export interface Disagreement {
  entry: string;
  tool: string;
  asked: string;
  stored: string | null;
  source: WordingSource;
  at: number;
}

export interface CacheTotals {
  scopes: number;
  entries: number;
  bytes: number;
  aliases: number;
  learntAliases: number;
  negatives: number;
  quarantined: number;
  vectors: { index: string; count: number }[];
}

/** Everything an operator may want to see of one entry. */
export interface EntryView extends CachedAnswer {
  canon: string | null;
  tags: string[];
  aliases: { text: string; source: WordingSource }[];
  negatives: { text: string; source: WordingSource }[];
  hits: number;
  savedNanoUsd: number;
  lastUsedAt: number;
  bytes: number;
  strikes: number;
  quarantined: boolean;
  indexes: string[];
}

/** Cached answers, their wordings and their vectors. */
export interface CacheStore {
  /** The entry of the same input, and the one its wording leads to. Never one in quarantine, or denied to the wording. */
  find(asked: { scope: string; exactKey: string; canon: string | null }): Promise<CacheMatches>;
  /**
   * Keep an answer with its own wording and tags, in one transaction; it takes the place of an entry
   * with the same exact key. A wording that is taken by an entry that is still good keeps leading to
   * that one. Above the limits of a scope the least recently used go.
   */
  keep(entry: NewCachedAnswer, most: { entries: number; bytes: number }): Promise<void>;
  /** Counts the hit; it does not prolong the entry's life. */
  used(use: Use): Promise<void>;

  /**
   * Nearest first, within the scope; only those that still answer other wordings, and none that is
   * in quarantine or denied to `canon`.
   * @throws Error when it is late, or when too many wait already: then it is a miss
   */
  nearest(asked: {
    scope: string;
    index: string;
    vector: Float32Array;
    canon: string;
    limit: number;
    now: number;
    withinMs: number;
  }): Promise<Neighbour[]>;
  /** Most often used first; the same conditions as for `nearest`. */
  mostAsked(asked: {
    scope: string;
    canon: string;
    limit: number;
    now: number;
  }): Promise<CachedAnswer[]>;
  /** Entries of the scope that have no vector in this index yet and still answer other wordings. */
  withoutVector(asked: {
    scope: string;
    index: string;
    limit: number;
    now: number;
  }): Promise<CachedAnswer[]>;
  /** Nothing happens where the entry has gone or has its vector already. The index is made when it is first needed. */
  addVector(vector: { entry: string; index: string; values: Float32Array }): Promise<void>;

  /** Another wording of the entry. It takes the place of an alias of that wording to another entry. */
  addAlias(alias: Alias): Promise<void>;
  /** The wording is never served the entry again; its alias to it goes. */
  addNegative(negative: Alias): Promise<void>;
  /**
   * A caller says that the answer of its call was wrong. Three such strikes put the entry into
   * quarantine; another wording than its own is denied it.
   * @returns the entry, or null when the call was not answered by one that is known
   */
  complain(complaint: {
    call: string;
    at: number;
  }): Promise<{ entry: string; strikes: number; quarantined: boolean } | null>;

  /** @returns how many went */
  purge(selection: Selection): Promise<number>;
  inspect(entry: string): Promise<EntryView | null>;
  totals(): Promise<CacheTotals>;
  /** Newest first. */
  disagreements(limit: number): Promise<Disagreement[]>;
  /** Changes whenever an entry that was there is gone, denied or put into quarantine, by any process. */
  generation(): Promise<number>;

  label(label: EvidenceLabel): Promise<void>;
  /** The newest, oldest of them first; of one pair only the newest. */
  labels(
    key: EvidenceKey,
    limit: number,
  ): Promise<Pick<EvidenceLabel, 'similarity' | 'same' | 'at'>[]>;
  state(key: EvidenceKey): Promise<ServingState | null>;
  states(): Promise<(EvidenceKey & ServingState)[]>;
  saveState(key: EvidenceKey, state: ServingState): Promise<void>;
}
