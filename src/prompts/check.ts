import type { Example, LlmTool } from '../core/tool/define-tool.ts';
import { ProblemError } from '../errors/problem.ts';
import { checkLock } from './check-lock.ts';
import type { Finding } from './finding.ts';
import type { LoadedVersion, PromptSet, Registry } from './registry.ts';
import { outsideSections } from './sections.ts';

interface Checked {
  registry: Registry;
  /** All that ask a model, also those that are tollgate's own. */
  tools: readonly LlmTool[];
}

/** Everything that can be found out about prompts without a model. */
export function checkPrompts({ registry, tools }: Checked): Finding[] {
  const sets = [...registry.sets.values()];
  return [
    ...registry.problems.map(({ error: { file, what } }) => ({ where: file, what })),
    ...tools.flatMap((tool) => checkTool(tool, registry)),
    ...sets.flatMap((set) => set.versions.flatMap((version) => checkVersion(version, set, tools))),
    ...checkLock(registry),
  ];
}

const checkTool = ({ name, prompt }: LlmTool, { sets, problems }: Registry): Finding[] =>
  sets.has(prompt) || problems.some(({ id }) => id === prompt)
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
  if (foreign.length + needed.length > 0)
    return [
      ...foreign.map((name) => `the variable "${name}" is no field of the input of ${tool.name}`),
      ...needed.map(
        ([name]) =>
          `the variable "${name}" is required, but ${tool.name} may be called without: give it a default, or make it optional`,
      ),
    ];
  // Examples often show the same.
  return [...new Set(tool.examples.flatMap((example) => checkExample(version, tool, example)))];
}

const hasDefault = (property: object | undefined): boolean =>
  property !== undefined && 'default' in property;

function checkExample(version: LoadedVersion, tool: LlmTool, { title, input }: Example): string[] {
  const variables = withDefaults(tool, input);
  try {
    version.renderStrictly(variables);
  } catch (error) {
    return [`cannot be filled in with the example "${title}" of ${tool.name}: ${inWords(error)}`];
  }
  return outsideSections(version, variables).map(
    (name) =>
      `what the caller gives as "${name}" stands outside of every section, where it reads like an instruction: put it between tags, for example <${name}>{{ ${name} }}</${name}>`,
  );
}

function inWords(error: unknown): string {
  if (error instanceof ProblemError && error.details.errors)
    return error.details.errors
      .map(({ pointer, detail, expected }) => `${pointer}: ${detail}; expected: ${expected ?? ''}`)
      .join(', ');
  const why = error instanceof Error ? error.message : String(error);
  return `${why}. Where a field may be missing, write: {{ field | default: '' }}`;
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
