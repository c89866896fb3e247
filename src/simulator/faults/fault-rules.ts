import { invalid } from '../errors.ts';
import { seededRandom } from '../random.ts';
import type { Random } from '../random.ts';
import type { FaultTarget } from './fault-target.ts';
import { findFault } from './catalogue.ts';
import type { Choice } from './header.ts';
import { fillParams, parseRules } from './rule.ts';
import type { FaultRule } from './rule.ts';

/** A rule as it stands, with what it has met so far. */
export interface ListedRule extends FaultRule {
  readonly id: string;
  /** Requests that got as far as this rule and fitted it. */
  readonly seen: number;
  /** Number of them that it struck. */
  readonly hits: number;
}

/** The rules in force, in the order they were added: the first that strikes wins. */
export interface FaultRules {
  /** Adds all of them or, when one is wrong, none. */
  add(rules: unknown): ListedRule[];
  list(): ListedRule[];
  /** Takes all away. @returns how many there were */
  clear(): number;
  /** @returns whether there was one with that id */
  remove(id: string): boolean;
  choose(asked: FaultTarget): Choice | null;
}

interface ActiveRule extends Choice {
  readonly rule: FaultRule & { readonly id: string };
  readonly random: Random;
  seen: number;
  hits: number;
}

export function buildFaultRules(now: () => Date): FaultRules {
  const startedAt = now();
  let entries: ActiveRule[] = [];
  let added = 0;

  function add(rules: unknown): ListedRule[] {
    const ids = new Set(entries.map(({ rule }) => rule.id));
    const fresh = parseRules(rules).map((rule) => {
      added += 1;
      const entry = buildEntry({ id: `rule-${String(added)}`, ...rule });
      const { id } = entry.rule;
      if (ids.has(id)) throw invalid(`id: '${id}' is taken; delete /_sim/faults/${id} first`);
      ids.add(id);
      return entry;
    });
    entries = [...entries, ...fresh];
    return fresh.map(toListed);
  }

  function drop(isDropped: (entry: ActiveRule) => boolean): number {
    const before = entries.length;
    entries = entries.filter((entry) => !isDropped(entry));
    return before - entries.length;
  }

  return {
    add,
    list: () => entries.map(toListed),
    clear: () => drop(() => true),
    remove: (id) => drop(({ rule }) => rule.id === id) > 0,
    choose: (asked) => {
      const at = { nowMs: now().getTime(), startMs: startedAt.getTime() };
      return entries.find((entry) => fits(entry, asked, at) && applies(entry)) ?? null;
    },
  };
}

function buildEntry(rule: ActiveRule['rule']): ActiveRule {
  const fault = findFault(rule.fault);
  if (!fault) throw invalid(`fault: '${rule.fault}' is not a fault`);
  const params = fillParams(fault, rule.params ?? {}, 'params');
  const random = seededRandom(String(rule.seed ?? rule.id));
  return { rule, fault, params, random, seen: 0, hits: 0 };
}

function toListed({ rule, params, seen, hits }: ActiveRule): ListedRule {
  return { ...rule, params, seen, hits };
}

function fits(
  { rule, fault }: ActiveRule,
  asked: FaultTarget,
  { nowMs, startMs }: { nowMs: number; startMs: number },
): boolean {
  if (fault.streamOnly && !asked.isStream) return false;
  if (rule.model !== undefined && rule.model !== asked.model) return false;
  if (rule.from !== undefined && nowMs < toMs(rule.from, startMs)) return false;
  if (rule.until !== undefined && nowMs >= toMs(rule.until, startMs)) return false;
  return rule.contains === undefined || asked.contains(rule.contains);
}

function toMs(moment: string | number, startMs: number): number {
  return typeof moment === 'number' ? startMs + moment : Date.parse(moment);
}

/** Counts and draws for every request that fits, so that one condition never shifts another. */
function applies(entry: ActiveRule): boolean {
  const { nth, first, probability = 1 } = entry.rule;
  entry.seen += 1;
  const isDrawn = entry.random() < probability;
  const isCounted = (nth ?? entry.seen) === entry.seen && (first ?? Infinity) >= entry.seen;
  if (isDrawn && isCounted) entry.hits += 1;
  return isDrawn && isCounted;
}
