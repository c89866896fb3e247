import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { explainConfig } from '../../src/config/read.ts';
import { CODES } from '../../src/errors/codes.ts';
import { architecture } from './architecture.ts';

/** Pages of `docs/` that follow from the code: path -> text. */
export async function pages(): Promise<Map<string, string>> {
  return new Map([
    ['docs/reference/settings.md', settingsPage()],
    ['docs/reference/errors.md', errorsPage()],
    ['docs/reference/command-line.md', await commandLinePage()],
    ['docs/reference/architecture.md', await architecturePage()],
    ['docs/glossary.md', glossaryPage()],
    ['docs/decisions/README.md', decisionsPage()],
  ]);
}

const GENERATED = '<!-- Written by `npm run docs`. -->';

const page = (title: string, ...paragraphs: readonly string[]): string =>
  `${[`# ${title}`, GENERATED, ...paragraphs].join('\n\n')}\n`;

const settingsPage = (): string =>
  page(
    'Settings',
    'As `tollgate config` explains them. They come from `tollgate.yaml` and from variables; examples are in [the guide](../guides/settings.md).',
    ['```', explainConfig().trimEnd(), '```'].join('\n'),
  );

const architecturePage = async (): Promise<string> =>
  page(
    'Architecture',
    'Who imports whom, read from the code. An arrow leads from a room to one that it imports; those that a longer way says already are left out of the picture. No arrow leads up: rooms that import each other fail `npm run docs:same`, and `.config/dependency-cruiser.cjs` says what each room may see at all.',
    ...(await architecture()),
    '`app` is the only room that sees layers and adapters, `app/bundled-tools.ts` the only file that sees the bundled tools, `stores/open.ts` the only one that picks a store, `config/here.ts` the only one that reads the environment.',
  );

function errorsPage(): string {
  const sections = Object.entries(CODES).map(([code, { status, title, retry, actions, about }]) => {
    const steps = actions.map(({ action, why }) => `- \`${action}\`: ${why}.`);
    const what = `${String(status)}, \`retry_strategy: ${retry}\`. ${title}. ${about}`;
    return [`## ${code}`, what, steps.join('\n')].join('\n\n');
  });
  return page(
    'Errors',
    'Branch on `code`; do the first of `next_actions`. A running server has the same pages under `/errors/{code}`.',
    ...sections,
  );
}

function glossaryPage(): string {
  const words = JSON.parse(readFileSync('docs/glossary.json', 'utf8')) as [string, string][];
  const rows = words.map(([word, meaning]) => `| ${word} | ${meaning} |`);
  return page(
    'Glossary',
    'One word per idea, in the code and outside of it. The list is `docs/glossary.json`.',
    ['| word | means |', '|---|---|', ...rows].join('\n'),
  );
}

/** Each decision by its own first line. */
function decisionsPage(): string {
  const names = readdirSync('docs/decisions').filter((name) => name !== 'README.md');
  const links = names.toSorted().map((name) => {
    const [title = name] = readFileSync(`docs/decisions/${name}`, 'utf8').split('\n', 1);
    return `- [${title.replace(/^# /, '')}](${name})`;
  });
  return page(
    'Decisions',
    'One short file each: what was decided, and why. A new one is a file beside these, under a short name.',
    links.join('\n'),
  );
}

const run = promisify(execFile);

/** The text that `tollgate … --help` prints. */
async function helpOf(command: readonly string[]): Promise<string> {
  const args = ['--import', 'tsx', 'src/main.ts', ...command, '--help'];
  const { stdout } = await run(process.execPath, args);
  return stdout.trimEnd();
}

/** Names under `Commands:`; the built-in `help` is no command of ours. */
function commandsIn(help: string): string[] {
  const [, list = ''] = help.split('\nCommands:\n');
  const lines = list.split('\n\n', 1)[0]?.split('\n') ?? [];
  const names = lines.map((line) => /^ {2}([a-z][a-z-]*)/.exec(line)?.[1]);
  return names.filter((name) => name !== undefined && name !== 'help') as string[];
}

async function helpBelow(command: readonly string[]): Promise<[string, string][]> {
  const help = await helpOf(command);
  const below: [string, string][] = [];
  for (const name of commandsIn(help)) below.push(...(await helpBelow([...command, name])));
  return [[['tollgate', ...command].join(' '), help], ...below];
}

async function commandLinePage(): Promise<string> {
  const all = await helpBelow([]);
  const sections = all.map(([command, help]) => `## ${command}\n\n\`\`\`\n${help}\n\`\`\``);
  return page('Command line', ...sections);
}
