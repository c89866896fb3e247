import { join, relative } from 'node:path';
import { planRollback, type Rollback } from '../../prompts/edit-split.ts';
import { lockText } from '../../prompts/lock.ts';
import { planLock } from '../../prompts/plan-lock.ts';
import { PromptFileError } from '../../prompts/prompt-file-error.ts';
import { LOCK, SPLIT } from '../../prompts/read-folder.ts';
import type { PromptSet } from '../../prompts/registry.ts';
import { sharesOf } from '../../prompts/split.ts';
import { writeWhole } from '../../prompts/write-file.ts';
import { UsageError } from '../shared/fail.ts';
import { pretty, print } from '../shared/invoke.ts';
import { openPromptsFolder, promptTools, unknownPrompt, wholeVersions } from './folder.ts';
import { toTable, type Column } from '../shared/table.ts';

/** `tollgate prompts list`: every version, and who is given it. */
export async function listPrompts({ json }: { json?: true }): Promise<void> {
  const { registry, whole } = await openPromptsFolder();
  const versions = [...whole.sets.values()].flatMap(toLines);
  print(json ? pretty({ versions }) : toTable(COLUMNS, versions));
  for (const { error } of registry.problems) process.stderr.write(`${error.message}\n`);
  if (registry.problems.length > 0) process.exitCode = 1;
}

interface PromptLine {
  prompt: string;
  status: string;
  share: number;
  tools: string[];
  date: string;
  author: string;
  why: string;
}

function toLines({ id, versions, split }: PromptSet): PromptLine[] {
  const shares = sharesOf(split);
  const tools = promptTools.filter(({ prompt }) => prompt === id).map(({ name }) => name);
  return versions.map(({ meta: { version, status, date, author, why } }) => ({
    prompt: `${id}@${version}`,
    status,
    share: shares.get(version) ?? 0,
    tools,
    date,
    author,
    why,
  }));
}

const COLUMNS: readonly Column<PromptLine>[] = [
  { title: 'prompt', cell: ({ prompt }) => prompt },
  { title: 'status', cell: ({ status }) => status },
  { title: 'share', cell: ({ share }) => `${(100 * share).toFixed(0)} %`, isAmount: true },
  { title: 'tools', cell: ({ tools }) => tools.join(', ') },
  { title: 'date', cell: ({ date }) => date },
  { title: 'author', cell: ({ author }) => author },
  { title: 'why', cell: ({ why }) => why },
];

/** `tollgate prompts lock`: writes down what is live, so that it can never silently say something else. */
export async function lockPrompts(): Promise<void> {
  const { folder, registry } = await openPromptsFolder();
  const [trouble] = registry.problems;
  if (trouble) throw new UsageError(trouble.error.message);
  const { lock, added } = planLock(registry);
  const file = join(folder, LOCK);
  if (added.length === 0) {
    print(`${shown(file)} is up to date`);
    return;
  }
  await writeWhole(file, lockText(lock));
  print(`written into ${shown(file)}: ${added.join(', ')}`);
}

/** `tollgate prompts rollback`: all callers to one version, as one change of `split.yaml`. */
export async function rollbackPrompt(id: string, { to }: { to?: string }): Promise<void> {
  const disk = await openPromptsFolder();
  const raw = disk.raw.prompts.get(id);
  if (!raw) throw unknownPrompt(disk, id);
  const broken = disk.registry.problems.find(
    ({ error }) => error.file === join(disk.folder, id, `${to ?? ''}.md`),
  );
  if (broken) throw new UsageError(broken.error.message);
  const file = join(disk.folder, id, SPLIT);
  const rollback = orUsageError(() =>
    planRollback({ id, raw, whole: wholeVersions(disk, id), to: to ?? null }),
  );
  await writeWhole(file, rollback.text);
  print(inWords(id, shown(file), rollback));
}

function orUsageError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof PromptFileError ? new UsageError(error.message) : error;
  }
}

/** As people type it from where they are. */
const shown = (file: string): string => relative(process.cwd(), file) || file;

const inWords = (id: string, file: string, { from, to, dropped, isAnew }: Rollback): string =>
  [
    `${id}: all new calls get ${to} instead of ${from}; running servers follow within two seconds`,
    ...(dropped > 0 ? [`taken out: ${String(dropped)} rules for callers of other versions`] : []),
    ...(isAnew ? [`${file} could not be read, and was written anew`] : []),
    `to keep it: git commit -m "Roll ${id} back to ${to}" -- ${file}`,
  ].join('\n');
