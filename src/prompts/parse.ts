import { parse } from 'yaml';
import { z } from 'zod';

const Variable = z.strictObject({
  type: z.enum(['string', 'number', 'boolean', 'array', 'object']),
  required: z.boolean(),
  description: z.string().min(1),
});

/** What stands above a prompt: who wrote it, when, why, and what it needs. */
const FrontMatter = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string().regex(/^v[1-9]\d*$/),
  author: z.string().min(1),
  date: z.iso.date(),
  why: z.string().min(1),
  model: z.strictObject({
    max_output_tokens: z.number().int().min(1),
    expected_output_tokens: z.number().int().min(1),
  }),
  variables: z.record(z.string(), Variable),
});

export interface PromptFile {
  meta: z.infer<typeof FrontMatter>;
  /** Liquid templates. */
  system: string;
  user: string;
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

const FENCED = /^---\n(?<head>[\s\S]*?)\n---\n(?<body>[\s\S]*)$/;
const SECTIONS = /^# system\n(?<system>[\s\S]*?)\n# user\n(?<user>[\s\S]*)$/;

/**
 * A prompt file: YAML between two `---` lines, then the sections `# system` and `# user`.
 * @throws Error naming the file and what is wrong with it
 */
export function parsePrompt(text: string, file: string): PromptFile {
  const fenced = FENCED.exec(text.replaceAll('\r\n', '\n'))?.groups;
  if (!fenced) throw new Error(`${file}: front matter between two --- lines is missing`);
  const meta = FrontMatter.safeParse(parseYaml(fenced['head'] ?? '', file));
  if (!meta.success) throw new Error(`${file}: ${z.prettifyError(meta.error)}`);
  const sections = SECTIONS.exec(fenced['body'] ?? '')?.groups;
  if (!sections)
    throw new Error(`${file}: needs "# system" and then "# user", each on its own line`);
  return {
    meta: meta.data,
    system: (sections['system'] ?? '').trim(),
    user: (sections['user'] ?? '').trim(),
  };
}
