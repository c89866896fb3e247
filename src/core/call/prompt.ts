import type { FrontMatter } from '../../../schemas/wire/prompt-file.ts';
import type { ListPromptsResult, PromptDetails, PromptText } from '../../../schemas/wire/prompt.ts';
import type { Principal } from './principal.ts';

/** One version of a prompt, ready to be filled in. */
export interface PromptVersion {
  /** Its author's word on it. */
  readonly meta: FrontMatter;
  /** The file, whole. */
  readonly text: string;
  /** Changes whenever what the model is told does: the file and every text it shows. Hex, SHA-256. */
  readonly hash: string;
  /** @param variables as the tool's input schema parsed them; a caller's text is data and stays it */
  render(variables: Record<string, unknown>): { system: string; user: string };
}

/** The version that answers a call, and why it is this one; null: there is no other. */
export interface ChosenPrompt {
  prompt: PromptVersion;
  variant: 'split' | 'override' | 'pinned' | null;
}

/** Service of a version, by content. Times are milliseconds since the epoch. */
export interface PromptUse {
  version: string;
  /** Null for calls from before hashes were kept. */
  hash: string | null;
  calls: number;
  /** Those of them that were answered from the cache, and those that ended with a problem. */
  cached: number;
  failed: number;
  costNanoUsd: number;
  firstAt: number;
  lastAt: number;
}

/** Prompts as a principal may see them: those of tools that it may call. For fronts. */
export interface PromptCatalog {
  list(viewer: Principal): Promise<ListPromptsResult>;
  /** @throws ProblemError unknown_prompt */
  show(viewer: Principal, id: string): Promise<PromptDetails>;
  /** @throws ProblemError unknown_prompt */
  text(viewer: Principal, id: string, version: string): Promise<PromptText>;
  /**
   * The version that would answer the viewer, filled in; what is no string is given as JSON.
   * @throws ProblemError unknown_prompt; invalid_input naming each wrong or missing argument
   */
  fill(
    viewer: Principal,
    id: string,
    given: Readonly<Record<string, string>>,
  ): Promise<{ description: string; system: string; user: string }>;
  /** Completions of an argument: at most 100, those that start with `begun` first. */
  complete(
    viewer: Principal,
    id: string,
    asked: { argument: string; begun: string },
  ): Promise<string[]>;
}
