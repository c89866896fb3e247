/** An ending of a name that makes no other model: the day it was made, or that it is the newest. */
const SUFFIX = /(?:[-@:](?:\d{8}|\d{4}-\d{2}-\d{2}|latest))+$/;

/** `openai/gpt-5` is how those name models who have them from others. */
const VENDOR = /^.*\//;

const core = (name: string): string => name.toLowerCase().replace(VENDOR, '').replace(SUFFIX, '');

/** Whether two names are of one model: an alias with a date behind it is no other. */
export const isSameModel = (asked: string, answered: string): boolean =>
  asked === answered || core(asked) === core(answered);
