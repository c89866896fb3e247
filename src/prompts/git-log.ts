import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A commit that touched a prompt. */
export interface Commit {
  hash: string;
  /** ISO 8601. */
  at: string;
  author: string;
  /** Its first line: why. */
  subject: string;
  /** For example `A v2.md`, `M split.yaml`. */
  files: string[];
}

export interface GitLog {
  /** Newest first. */
  commits: Commit[];
  /** Files that differ from what was last committed. */
  uncommitted: string[];
}

const [FIELD, RECORD] = ['\u001f', '\u001e'];
const FORMAT = `--format=${RECORD}%H${FIELD}%aI${FIELD}%an${FIELD}%s`;
/** Names as they are; and nothing is written, though somebody may be committing. */
const SETTINGS = [
  '--no-optional-locks',
  '-c',
  'core.quotePath=false',
  '-c',
  'log.showSignature=false',
];
const MOST_BYTES = 20_000_000;

/**
 * Reads who changed the files of a folder, when and why, from git.
 * @throws Error in a sentence, where there is no git or no repository
 */
export async function readGitLog(folder: string): Promise<GitLog> {
  const [inside, name] = [dirname(folder), basename(folder)];
  const git = async (...args: string[]): Promise<string> => {
    const options = { cwd: inside, maxBuffer: MOST_BYTES };
    return (await run('git', [...SETTINGS, ...args], options)).stdout;
  };
  try {
    const log = await git('log', FORMAT, '--name-status', '--relative', '--', name);
    const status = await git('status', '--porcelain', '--', name);
    return { commits: log.split(RECORD).slice(1).map(toCommit), uncommitted: toFiles(status) };
  } catch (cause) {
    const { code, message, stderr = '' } = cause as Error & { code?: unknown; stderr?: string };
    const [said = ''] = stderr.trim().split('\n');
    const why = code === 'ENOENT' ? 'git is not installed' : said === '' ? message : said;
    throw new Error(`git says nothing of ${folder}: ${why}`, { cause });
  }
}

function toCommit(record: string): Commit {
  const [head = '', ...files] = record.split('\n').filter((line) => line !== '');
  const [hash = '', at = '', author = '', subject = ''] = head.split(FIELD);
  return {
    hash,
    at,
    author,
    subject,
    files: files.map((line) => {
      const [kind = '', ...paths] = line.split('\t');
      return `${kind.charAt(0)} ${basename(paths.at(-1) ?? '')}`;
    }),
  };
}

const toFiles = (status: string): string[] =>
  status
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => basename(line.slice(3)));
