import { bundledTools } from '../../app/bundled-tools.ts';
import { NewKey, RotateKey, type Key, type MadeKey } from '../../../schemas/wire/key.ts';
import { rowOf } from '../../errors/codes.ts';
import type { ProblemError } from '../../errors/problem.ts';
import { buildKeys, type OpenKeys } from '../../identity/keys.ts';
import { UsageError } from '../shared/fail.ts';
import { pretty, print } from '../shared/invoke.ts';
import { toMoment, toMs } from '../shared/spans.ts';
import { toTable, type Column } from '../shared/table.ts';
import { withStore } from '../shared/with-store.ts';

export interface KeyOptions {
  team?: string;
  user?: string;
  feature?: string;
  /** Comma-separated. */
  tools?: string;
  models?: string;
  admin?: true;
  pinPrompts?: true;
  /** A span from now (90d, 24h) or a day. */
  expires?: string;
  json?: true;
}

/** `tollgate keys create`: a new key, whose secret is printed this once. */
export async function createKey(name: string, options: KeyOptions): Promise<void> {
  const key = toNewKey(name, options);
  await withKeys(async (keys) => {
    const isFirst = !(await keys.any());
    const made = await keys.create(key);
    print(options.json ? pretty(made) : `${inWords(made)}${isFirst ? FIRST_KEY : ''}`);
  });
}

/** `tollgate keys list`: every key, without secrets. */
export async function listKeys({ json }: { json?: true }): Promise<void> {
  await withKeys(async (keys) => {
    const all = await keys.list();
    if (json) print(pretty({ keys: all }));
    else print(all.length === 0 ? NO_KEYS : toTable(COLUMNS, all));
  });
}

/** `tollgate keys revoke`: it stops at once, everywhere and for good. */
export async function revokeKey(name: string): Promise<void> {
  await withKeys(async (keys) => {
    const { revoked_at: at } = await keys.revoke(name);
    print(`revoked ${name} at ${at ?? ''}`);
  });
}

/** `tollgate keys rotate`: a new secret for the same principal. */
export async function rotateKey(
  name: string,
  { grace, json }: { grace: string; json?: true },
): Promise<void> {
  const graceMs = toGraceMs(grace);
  await withKeys(async (keys) => {
    const made = await keys.rotate(name, graceMs);
    const old =
      graceMs === 0
        ? 'The old secret has stopped to work.'
        : `The old secret works for ${grace} more.`;
    print(json ? pretty(made) : `${inWords(made)}\n${old}`);
  });
}

const FIRST_KEY = `

It is the first key here: from now on every call needs a key, and nobody calls as "local" any more.`;

const NO_KEYS =
  'There are no keys: whoever reaches this machine calls as "local". Make one with: tollgate keys create NAME';

async function withKeys(work: (keys: OpenKeys) => Promise<void>): Promise<void> {
  await withStore(
    ({ keys }, { key_secret: keySecret }) =>
      work(buildKeys({ store: keys, keySecret, now: Date.now })),
    inOneSentence,
  );
}

/** The problem, and the first thing to do about it. */
function inOneSentence({ code, details }: ProblemError): string {
  const [next = rowOf(code).actions[0]] = details.nextActions ?? [];
  return `${details.detail} Next: ${next.action} (${next.why})`;
}

/** The same bounds as over REST. */
function toGraceMs(text: string): number {
  const graceMs = text === '0' ? 0 : toMs(text, '--grace');
  if (RotateKey.safeParse({ grace_s: graceMs / 1000 }).success) return graceMs;
  throw new UsageError(`--grace must be at most 30d, not "${text}"`);
}

function toNewKey(name: string, options: KeyOptions): NewKey {
  const { team, user, feature, admin, pinPrompts, expires } = options;
  const names = bundledTools.map((tool) => tool.name);
  const allowed = toList(options.tools);
  const unknown = allowed?.find((each) => !names.includes(each));
  if (unknown !== undefined) {
    throw new UsageError(`there is no tool "${unknown}". There are: ${names.join(', ')}`);
  }
  const parsed = NewKey.safeParse({
    name,
    team,
    user,
    feature,
    admin,
    tools: allowed,
    models: toList(options.models),
    pin_prompts: pinPrompts,
    expires_at: expires === undefined ? null : toMoment(expires, '--expires', Date.now()),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`);
}

const toList = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

const inWords = ({ name, key }: MadeKey): string => `${key}

This is the key "${name}". It is shown this once: keep it where secrets are kept.
  REST and MCP over HTTP:   Authorization: Bearer ${key}
  stdio, command line:      TOLLGATE_KEY=${key}`;

const stateOf = ({ revoked_at: revoked, expires_at: expires }: Key): string => {
  if (revoked !== null) return `revoked ${revoked.slice(0, 10)}`;
  return expires !== null && Date.parse(expires) <= Date.now() ? 'expired' : 'works';
};

const labelsOf = ({ team, user, feature }: Key): string =>
  Object.entries({ team, user, feature })
    .flatMap(([label, value]) => (value === null ? [] : [`${label} ${value}`]))
    .join(', ');

const mayOf = (key: Key): string =>
  [
    ...(key.admin ? ['admin'] : []),
    ...(key.pin_prompts ? ['pins prompts'] : []),
    ...(key.tools === null ? [] : [`tools ${key.tools.join(',')}`]),
    ...(key.models === null ? [] : [`models ${key.models.join(',')}`]),
  ].join('; ');

const COLUMNS: Column<Key>[] = [
  { title: 'name', cell: ({ name }) => name },
  { title: 'secret', cell: ({ prefix }) => `${prefix}…` },
  { title: 'belongs to', cell: labelsOf },
  { title: 'rights', cell: mayOf },
  { title: 'expires', cell: ({ expires_at: at }) => at?.slice(0, 16) ?? 'never' },
  { title: 'state', cell: stateOf },
];
