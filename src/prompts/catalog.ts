import type {
  PromptDetails,
  PromptSummary,
  PromptVersionSummary,
} from '../../schemas/wire/prompt.ts';
import { parseInput } from '../core/tool/parse-input.ts';
import type { Principal } from '../core/call/principal.ts';
import type { PromptCatalog } from '../core/call/prompt.ts';
import type { SchemaChecks } from '../core/tool/schema-check.ts';
import { hasPrompt, type LlmTool, type Tool } from '../core/tool/define-tool.ts';
import { fromTexts, suggestions } from './arguments.ts';
import { unknownPrompt, type Prompts } from './open-prompts.ts';
import type { LoadedVersion, PromptSet } from './registry.ts';
import { sharesOf, type Split } from './split.ts';

interface PromptCatalogParts {
  tools: readonly Tool[];
  checks: SchemaChecks;
  prompts: () => Promise<Prompts>;
}

/** Prompts as callers see them: those of tools that they may call. */
export function buildPromptCatalog(parts: PromptCatalogParts): PromptCatalog {
  const find = async (viewer: Principal, id: string): Promise<Shown> => {
    const shown = await shownTo(viewer, parts);
    const found = shown.find(({ set }) => set.id === id);
    if (found) return found;
    throw unknownPrompt(id, namesOf(shown));
  };
  return {
    async list(viewer) {
      const { problems } = (await parts.prompts()).registry();
      return {
        prompts: (await shownTo(viewer, parts)).map(toSummary),
        // A message names files of this machine: it is for who looks after prompts.
        trouble: viewer.mayPin ? problems.map(({ error }) => error.message) : [],
      };
    },
    async show(viewer, id) {
      const found = await find(viewer, id);
      return { ...toSummary(found), overrides: found.set.split.overrides.map(copy) };
    },
    async text(viewer, id, version) {
      const { set } = await find(viewer, id);
      const found = set.versions.find(({ meta }) => meta.version === version);
      if (found) return { id, version, hash: found.hash, text: found.text };
      const known = set.versions.map(({ meta }) => `${id}@${meta.version}`);
      throw unknownPrompt(`${id}@${version}`, known);
    },
    fill: async (viewer, id, given) => fill(await find(viewer, id), { parts, viewer, given }),
    async complete(viewer, id, { argument, begun }) {
      const { tool } = await find(viewer, id);
      return suggestions(tool, argument, begun);
    },
  };
}

/** A prompt with a tool that uses it, the first of those that the viewer may call. */
interface Shown {
  set: PromptSet;
  tool: LlmTool;
  names: string[];
}

async function shownTo(
  viewer: Principal,
  { tools, prompts }: PromptCatalogParts,
): Promise<Shown[]> {
  const { sets } = (await prompts()).registry();
  const allowed = tools.filter(({ name }) => viewer.tools?.includes(name) ?? true);
  return [...sets.values()].flatMap((set) => {
    const using = allowed.filter(
      (tool): tool is LlmTool => hasPrompt(tool) && tool.prompt === set.id,
    );
    const [tool] = using;
    return tool ? [{ set, tool, names: using.map(({ name }) => name) }] : [];
  });
}

const namesOf = (shown: readonly Shown[]): string[] => shown.map(({ set }) => set.id);

interface PromptFilling {
  parts: PromptCatalogParts;
  viewer: Principal;
  given: Readonly<Record<string, string>>;
}

/** Refuses what the tool refuses as input: the arguments are those of a call. */
async function fill({ set, tool }: Shown, { parts, viewer, given }: PromptFilling) {
  const { tools, checks, prompts } = parts;
  const { labels, id: principal } = viewer;
  const { prompt } = (await prompts()).choose(set.id, { principal, ...labels });
  const variables = fromTexts(prompt.meta.variables, given);
  const asker = { owner: principal };
  const { input } = await parseInput({ tools, checks, asker }, tool.name, variables);
  return { description: tool.title, ...prompt.render(input) };
}

const copy = (rule: Split['overrides'][number]): PromptDetails['overrides'][number] => ({
  version: rule.version,
  ...(rule.principal !== undefined && { principal: rule.principal }),
  ...(rule.team !== undefined && { team: rule.team }),
  ...(rule.user !== undefined && { user: rule.user }),
  ...(rule.feature !== undefined && { feature: rule.feature }),
});

function toSummary({ set, tool, names }: Shown): PromptSummary {
  const shares = sharesOf(set.split);
  const shareOf = ({ meta }: LoadedVersion): number => shares.get(meta.version) ?? 0;
  const [most] = [...set.versions].sort((a, b) => shareOf(b) - shareOf(a));
  return {
    id: set.id,
    title: tool.title,
    tools: names,
    variables: Object.entries(most?.meta.variables ?? {}).map(
      ([name, { type, required, description }]) => ({ name, type, required, description }),
    ),
    versions: set.versions.map((version) => toVersion(version, shareOf(version))),
  };
}

const toVersion = ({ meta, hash }: LoadedVersion, share: number): PromptVersionSummary => ({
  version: meta.version,
  status: meta.status,
  share,
  author: meta.author,
  date: meta.date,
  why: meta.why,
  hash,
  uri: `prompt://${meta.id}/${meta.version}`,
});
