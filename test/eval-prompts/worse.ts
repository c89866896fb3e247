/** Versions that are worse on purpose: each forgets one thing, as a careless edit would. */
export interface Worse {
  prompt: string;
  /** What it forgets. */
  what: string;
  change: (v1: string) => string;
}

const without =
  (part: RegExp) =>
  (text: string): string =>
    text.replace(part, '');

export const WORSE: readonly Worse[] = [
  {
    prompt: 'faq',
    what: 'forgets handbook and documents',
    change: without(/\{% if context -%\}[\s\S]*?\{%- endif %\}/),
  },
  {
    prompt: 'faq',
    what: 'forgets the documents of the caller',
    change: without(/\{% if context -%\}[\s\S]*?\{%- else -%\}|\{%- endif %\}/g),
  },
  { prompt: 'summarize', what: 'forgets the style', change: without(/<style>.*<\/style>/) },
  {
    prompt: 'summarize',
    what: 'forgets the length',
    change: without(/<max_words>.*<\/max_words>/),
  },
  {
    prompt: 'summarize',
    what: 'always asks for a headline',
    change: (text) => text.replace('<style>{{ style }}</style>', '<style>headline</style>'),
  },
  {
    prompt: 'extract',
    what: 'shows the first 200 characters',
    change: (text) => text.replace('{{ text }}', '{{ text | slice: 0, 200 }}'),
  },
  {
    prompt: 'classify',
    what: 'forgets what the labels mean',
    change: (text) => text.replace('{{ label.description }}', ''),
  },
];

/** The changed version as a draft, `v9`. @throws Error when there is nothing left to forget */
export function toDraft(v1: string, { prompt, change }: Worse, version = 'v9'): string {
  const changed = change(v1);
  if (changed === v1) throw new Error(`the prompt ${prompt} has no such part any more`);
  return changed
    .replace(/^version: v1$/m, `version: ${version}`)
    .replace(/^status: live$/m, 'status: draft');
}
