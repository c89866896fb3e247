import { hash } from 'node:crypto';
import { stringify } from 'yaml';
import { z } from 'zod';
import { parseYaml, type PromptFile } from './parse.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');

const Content = z.strictObject({
  /** By prompt and version: `faq@v1`. */
  prompts: z.record(z.string(), sha256).default({}),
  /** By file name. */
  shared: z.record(z.string(), sha256).default({}),
});

/** A file of comments is nothing in YAML. */
const LockFile = z.preprocess((content) => content ?? {}, Content);

/** All once live, by content: `prompts/lock.yaml`. */
export type Lock = z.infer<typeof Content>;

export const NO_LOCK: Lock = { prompts: {}, shared: {} };

/** @throws PromptFileError */
export const parseLock = (text: string, file: string): Lock => parseYaml(text, file, LockFile);

const HEADER = `# What was live, by content. \`tollgate prompts lock\` writes it; a line that is there never changes.
`;

export const lockText = ({ prompts, shared }: Lock): string =>
  HEADER + stringify({ prompts: sorted(prompts), shared: sorted(shared) });

const byNumber = new Intl.Collator('en', { numeric: true });
const sorted = (hashes: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(hashes).sort(([a], [b]) => byNumber.compare(a, b)));

/** Of a text, whatever its line ends. */
export const hashOf = (text: string): string =>
  hash('sha256', text.replaceAll('\r\n', '\n'), 'hex');

/** The line in the front matter, which ends with the second `---`. */
const STATUS = /^(---\n(?:(?!---\n).*\n)*?)["']?status["']? *:.*\n/;

/** Of a prompt file without its status: a version may be retired, but never say something else. */
export const lockedHash = ({ text }: Pick<PromptFile, 'text'>): string =>
  hashOf(text.replace(STATUS, '$1'));
