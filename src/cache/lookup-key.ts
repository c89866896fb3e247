import { hash } from 'node:crypto';
import type { CallOptions } from '../../schemas/wire/options.ts';
import { readCacheControl } from '../core/call/cache-control.ts';
import type { CacheLookup, ComparedQuestion } from '../core/call/cache-lookup.ts';
import type { Call } from '../core/call/call.ts';
import { canonicalJson } from '../core/call/canonical-json.ts';
import type { CachePolicy, LlmTool } from '../core/tool/define-tool.ts';
import { readQuestion } from './canonical/read-question.ts';

/** Dependencies of an answer besides the call itself. */
export interface Versions {
  /** Of the tool's prompt, with all texts that it shows the model. */
  prompt: string;
  /** Of whoever is asked: provider and chains of models. */
  models: string;
}

/**
 * The call as the cache sees it. The scope is a hard partition: tenant and visibility, tool and its
 * schemas, prompt with its texts, models, what the key may ask, and every field of the input except
 * the compared one. What says only how to treat the cache is no part of it.
 */
export function toLookup(
  call: Call,
  { tool, policy, versions }: { tool: LlmTool; policy: CachePolicy; versions: Versions },
): CacheLookup {
  const { options = {}, ...fields } = call.input as { options?: CallOptions };
  const { cache: wish, cache_tags: ownTags = [], ...wishes } = options;
  const { compared, others } = split(fields, policy.compare);
  const scope = sha256(
    canonicalJson([
      'scope-1',
      ownerOf(call, policy.visibility),
      tool.name,
      schemaVersion(tool),
      versions,
      call.principal.models,
      { ...others, options: wishes },
    ]),
  );
  return {
    tool,
    policy,
    control: readCacheControl(call.cacheControl, wish),
    scope,
    tenant: policy.visibility === 'shared' ? null : tenantOf(call),
    class: `${tool.name}.${policy.compare ?? '*'}`,
    exactKey: sha256(`${scope}\n${compared ?? ''}`),
    tags: [...(policy.tags ?? []), ...ownTags],
    question: compared === null ? null : toQuestion(compared),
  };
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** Without a compared field, or without text in it, the whole input is scope. */
function split(
  fields: Record<string, unknown>,
  compare: string | null,
): { compared: string | null; others: Record<string, unknown> } {
  const text = compare === null ? undefined : fields[compare];
  if (compare === null || typeof text !== 'string') return { compared: null, others: fields };
  return { compared: text, others: { ...fields, [compare]: undefined } };
}

/** The team of the key, else the key. */
export const tenantOf = ({ principal }: Call): string => principal.labels.team ?? principal.id;

/** Owner of the answers. A mere claim of a caller can only narrow it. */
function ownerOf(call: Call, visibility: CachePolicy['visibility']): unknown {
  if (visibility === 'shared') return 'everybody';
  const { principal, labels } = call;
  const team = principal.labels.team;
  const tenant = team === null ? { key: principal.id, claimed: labels.team } : { team };
  return visibility === 'team' ? tenant : { ...tenant, key: principal.id, user: labels.user };
}

const versions = new WeakMap<LlmTool, string>();

function schemaVersion(tool: LlmTool): string {
  const known = versions.get(tool);
  if (known !== undefined) return known;
  const version = sha256(canonicalJson(tool.json));
  versions.set(tool, version);
  return version;
}

/** Read when it is first needed: the same input again needs no reading. */
function toQuestion(text: string): ComparedQuestion {
  let read: ReturnType<typeof readQuestion> | undefined;
  const once = () => (read ??= readQuestion(text));
  return {
    text,
    get canon() {
      return once().canon;
    },
    get kind() {
      return once().kind;
    },
  };
}
