import { parseDocument } from 'yaml';
import { z } from 'zod';
import { FrontMatter } from '../../schemas/wire/prompt-file.ts';
import { PromptFileError } from './prompt-file-error.ts';

/** A prompt as it is written. */
export interface PromptFile {
  meta: FrontMatter;
  /** The file, whole. */
  text: string;
  /** Liquid templates. */
  system: string;
  user: string;
}

const FENCED = /^---\n(?<head>[\s\S]*?)\n---\n(?<body>[\s\S]*)$/;
const SECTIONS = /^# system\n(?<system>[\s\S]*?)\n# user\n(?<user>[\s\S]*)$/;

/**
 * A prompt file: YAML between two `---` lines, then the sections `# system` and `# user`.
 * @throws PromptFileError naming the file and what is wrong with it
 */
export function parsePrompt(given: string, file: string): PromptFile {
  const text = given.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const fenced = FENCED.exec(text)?.groups;
  if (!fenced) throw new PromptFileError(file, 'front matter between two --- lines is missing');
  const meta = parseYaml(fenced['head'] ?? '', file, FrontMatter);
  const sections = SECTIONS.exec(fenced['body'] ?? '')?.groups;
  if (!sections)
    throw new PromptFileError(file, 'needs "# system" and then "# user", each on its own line');
  return {
    meta,
    text,
    system: (sections['system'] ?? '').trim(),
    user: (sections['user'] ?? '').trim(),
  };
}

/** @throws PromptFileError also for what YAML would only warn of */
export function parseYaml<T>(text: string, file: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(valueOf(text, file));
  if (result.success) return result.data;
  throw new PromptFileError(file, z.prettifyError(result.error));
}

function valueOf(text: string, file: string): unknown {
  try {
    const document = parseDocument(text);
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong) throw wrong;
    return document.toJS();
  } catch (cause) {
    throw PromptFileError.of(file, cause);
  }
}
