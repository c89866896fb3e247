import type { PromptFileError } from './prompt-file-error.ts';
import type { LlmTool } from '../call/tool.ts';
import { hashOf, lockedHash } from './lock.ts';
import type { LoadedVersion, PromptSet, Registry } from './registry.ts';
import { sharedBy } from './render.ts';
import { outsideSections } from './sections.ts';

/** Something that must be put right before the prompts are used. */
export interface Finding {
  /** The file or the tool. */
  where: string;
  /** What is wrong, and what to do. */
  what: string;
}

interface Checked {
  registry: Registry;
  /** All that ask a model, also those that are tollgate's own. */
  tools: readonly LlmTool[];
}

/** Everything that can be found out about prompts without a model. */
export function checkPrompts({ registry, tools }: Checked): Finding[] {
  const sets = [...registry.sets.values()];
  return [
    ...registry.troubles.map(({ error }) => toFinding(error)),
    ...tools.flatMap((tool) => checkTool(tool, registry)),
    ...sets.flatMap((set) => set.versions.flatMap((version) => checkVersion(version, set, tools))),
    ...checkLock(registry),
  ];
}

const toFinding = ({ message }: PromptFileError): Finding => {
  const [where = '', ...what] = message.split(': ');
  return { where, what: what.join(': ') };
};

const checkTool = ({ name, prompt }: LlmTool, { sets, troubles }: Registry): Finding[] =>
  sets.has(prompt) || troubles.some(({ id }) => id === prompt)
    ? []
    : [{ where: name, what: `its prompt "${prompt}" is in no folder: make ${prompt}/v1.md` }];

function checkVersion(
  version: LoadedVersion,
  set: PromptSet,
  tools: readonly LlmTool[],
): Finding[] {
  const { meta, used, file } = version;
  const found = (what: string): Finding => ({ where: file, what });
  const unused = Object.keys(meta.variables).filter((name) => !used.includes(name));
  const { max_output_tokens: most, expected_output_tokens: expected } = meta.model;
  const using = tools.filter(({ prompt }) => prompt === set.id);
  return [
    ...unused.map((name) => found(`declares the variable "${name}" and does not use it`)),
    ...(expected > most
      ? [found('expected_output_tokens is more than max_output_tokens, so answers are cut off')]
      : []),
    ...using.flatMap((tool) => checkUse(version, tool).map(found)),
  ];
}

/** A version with the tool that it answers for. */
function checkUse(version: LoadedVersion, tool: LlmTool): string[] {
  const { meta } = version;
  const properties = (tool.json.input['properties'] ?? {}) as Record<string, object>;
  const given = (tool.json.input['required'] ?? []) as string[];
  const foreign = Object.keys(meta.variables).filter((name) => !Object.hasOwn(properties, name));
  const needed = Object.entries(meta.variables).filter(
    ([name, { required, default: preset }]) =>
      required && preset === undefined && !given.includes(name) && !hasDefault(properties[name]),
  );
  return [
    ...foreign.map((name) => `the variable "${name}" is no field of the input of ${tool.name}`),
    ...needed.map(
      ([name]) =>
        `the variable "${name}" is required, but ${tool.name} may be called without: give it a default, or make it optional`,
    ),
    ...(foreign.length + needed.length === 0
      ? tool.examples.flatMap(({ title, input }) => checkExample(version, tool, { title, input }))
      : []),
  ];
}

const hasDefault = (property: object | undefined): boolean =>
  property !== undefined && 'default' in property;

function checkExample(
  version: LoadedVersion,
  tool: LlmTool,
  { title, input }: { title: string; input: Record<string, unknown> },
): string[] {
  const variables = withDefaults(tool, input);
  try {
    version.renderStrictly(variables);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      `cannot be filled in with the example "${title}" of ${tool.name}: ${why}. Where a field may be missing, write: {{ field | default: '' }}`,
    ];
  }
  return outsideSections(version, variables).map(
    (name) =>
      `what the caller gives as "${name}" stands outside of every section, where it reads like an instruction: put it between tags, for example <${name}>{{ ${name} }}</${name}>`,
  );
}

/** The input as the tool's schema would hand it on. */
export function withDefaults(
  { json }: LlmTool,
  input: Record<string, unknown>,
): Record<string, unknown> {
  const properties = (json.input['properties'] ?? {}) as Record<string, { default?: unknown }>;
  const presets = Object.entries(properties).flatMap(([name, property]) =>
    property.default === undefined ? [] : [[name, property.default] as const],
  );
  return { ...Object.fromEntries(presets), ...input };
}

/** What was live must be there as it was; what is live must be written down. */
function checkLock({ sets, shared, lock }: Registry): Finding[] {
  const where = 'lock.yaml';
  const versions = [...sets.values()].flatMap((set) => set.versions);
  const named = new Map(versions.map((each) => [`${each.meta.id}@${each.meta.version}`, each]));
  const write = 'run `tollgate prompts lock` and commit what it writes';
  const open = versions.filter(
    (each) =>
      each.meta.status === 'live' &&
      lock.prompts[`${each.meta.id}@${each.meta.version}`] !== lockedHash(each),
  );
  const gone = Object.keys(lock.prompts).filter(
    (name) => !named.has(name) && sets.has(name.split('@')[0] ?? ''),
  );
  const shown = new Set(versions.flatMap((each) => [...sharedBy(each.text, shared).keys()]));
  const changed = [...shown].filter((name) => lock.shared[name] !== hashOf(shared.get(name) ?? ''));
  return [
    ...open.map((each) => ({
      where: each.file,
      what: `is live and not yet in ${where}: ${write}`,
    })),
    ...gone.map((name) => ({
      where,
      what: `${name} was live and is gone, but calls in the ledger name it: put the file back, with status: retired`,
    })),
    ...changed.map((name) => ({
      where: `_shared/${name}`,
      what: `has changed since it was written down, and with it ${showing(name, versions, shared)}: if that is meant, ${write}`,
    })),
  ];
}

const showing = (
  name: string,
  versions: readonly LoadedVersion[],
  shared: ReadonlyMap<string, string>,
): string =>
  versions
    .filter(({ text }) => sharedBy(text, shared).has(name))
    .map(({ meta }) => `${meta.id}@${meta.version}`)
    .join(', ');
