import { join } from 'node:path';
import type { PromptUse } from '../../core/call/prompt.ts';
import { toUsd } from '../../core/call/wire.ts';
import { readGitLog, type GitLog } from '../../prompts/git-log.ts';
import { openStore } from '../../stores/open.ts';
import { pretty, print } from '../shared/invoke.ts';
import { openPromptsFolder, printable, unknownPrompt, wholeVersions } from './folder.ts';
import { toTable, type Column } from '../shared/table.ts';

/** `tollgate prompts log`: who changed a prompt, when and why, and what each version has served since. */
export async function logPrompt(id: string, { json }: { json?: true }): Promise<void> {
  const disk = await openPromptsFolder();
  if (!disk.raw.prompts.has(id)) throw unknownPrompt(disk, id);
  const store = openStore(disk.config.db);
  const uses = await store.ledger.promptUse(id).finally(() => store.close());
  const history = await readGitLog(join(disk.folder, id)).catch((error: unknown) => String(error));
  const hashes = new Map(wholeVersions(disk, id).map(({ meta, hash }) => [hash, meta.version]));
  const served = uses.map((use) => toServed(use, hashes));
  if (json) {
    const git = typeof history === 'string' ? { error: history } : history;
    print(pretty({ prompt: id, versions: served, ...git }));
    return;
  }
  print(served.length === 0 ? `${id} has not served a call yet` : toTable(SERVED, served));
  print(`\n${typeof history === 'string' ? history : historyText(history)}`);
}

interface ServedVersion {
  version: string;
  /** Of what the model was told. */
  hash: string | null;
  /** Whether the files say the same today. */
  is_current: boolean;
  calls: number;
  cached: number;
  failed: number;
  cost_usd: number;
  first_at: string;
  last_at: string;
}

const toServed = (use: PromptUse, hashes: ReadonlyMap<string, string>): ServedVersion => ({
  version: use.version,
  hash: use.hash,
  is_current: use.hash !== null && hashes.get(use.hash) === use.version,
  calls: use.calls,
  cached: use.cached,
  failed: use.failed,
  cost_usd: toUsd(use.costNanoUsd),
  first_at: new Date(use.firstAt).toISOString(),
  last_at: new Date(use.lastAt).toISOString(),
});

const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

const SERVED: readonly Column<ServedVersion>[] = [
  { title: 'version', cell: ({ version }) => version },
  {
    title: 'content',
    cell: ({ hash, is_current: isCurrent }) =>
      hash === null ? 'unknown' : `${hash.slice(0, 12)}${isCurrent ? '' : ' (not as it is now)'}`,
  },
  { title: 'first call', cell: ({ first_at: at }) => minute(at) },
  { title: 'last call', cell: ({ last_at: at }) => minute(at) },
  { title: 'calls', cell: ({ calls }) => String(calls), isAmount: true },
  { title: 'from cache', cell: ({ cached }) => String(cached), isAmount: true },
  { title: 'failed', cell: ({ failed }) => String(failed), isAmount: true },
  { title: 'cost USD', cell: ({ cost_usd: usd }) => usd.toFixed(6), isAmount: true },
];

function historyText({ commits, uncommitted }: GitLog): string {
  const open = uncommitted.length === 0 ? '' : `not committed: ${uncommitted.join(', ')}\n\n`;
  const lines = commits.map(({ hash, at, author, subject, files }) =>
    [`${minute(at)}  ${hash.slice(0, 8)}  ${author}`, `  ${subject}`, `  ${files.join(', ')}`]
      .map(printable)
      .join('\n'),
  );
  return open + (lines.length === 0 ? 'no commit has touched it' : lines.join('\n\n'));
}
