import { withinTime } from './within-time.ts';

/** 2^30 ways to match so many take seconds. */
const PUMPED = 30;
const MOST_TRIED = 20;
const PATIENCE_MS = 100;

/** What patterns repeat beside their own letters and digits. */
const USUAL = ['a', '1', ' ', '-', 'a ', '1,'];

/**
 * Why a pattern cannot be used, or null. It is tried on texts that repeat what it looks for and then end
 * otherwise; no way to tell by its form alone refuses `(a|a)*b` and takes `\d+(\.\d+)?`.
 */
export function objectionToPattern(pattern: string, flags = ''): string | null {
  try {
    const regex = new RegExp(pattern, flags);
    const own = pattern.match(/[\p{L}\p{N}]/gu) ?? [];
    const tried = [...new Set([...USUAL, ...own])].slice(0, MOST_TRIED);
    const ended = withinTime(
      () => tried.map((text) => regex.test(`${text.repeat(PUMPED)}\u0001`)),
      PATIENCE_MS,
    );
    return ended ? null : 'It could take exponential time: it can match the same text in many ways';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
