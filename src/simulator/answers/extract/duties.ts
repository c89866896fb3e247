import type { Facts } from './facts.ts';
import { keyConcepts } from './key-concepts.ts';

const NAME = String.raw`\p{Lu}[\p{Ll}'’-]+(?: \p{Lu}[\p{Ll}'’-]+)?`;
/** "Anna will send it", "Anna to send it", and in the present: "Anna sends it by Friday". */
const PROMISE = new RegExp(
  `^(${NAME}) (?:(?:will|to|must|should|has to|needs to) |(?=\\p{Ll}+s\\b))(.+)$`,
  'u',
);
/** What people in notes are and say, and do not promise. */
const NO_DUTY =
  /^(?:is|was|has|wants|says|thinks|expects|proposes|asks|reports|notes|hopes|likes|agrees|sees|needs|explains|does|suggests|always)\b/;
const NOT_A_NAME =
  /^(?:It|This|That|He|She|There|We|They|Everyone|Nobody|The|What|Who|If|Agreed|Decided|Open|Please|Note|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b/;
const OWNED = new RegExp(
  `^(.+?)\\s*[([](?:owner|assignee|responsible|who)?:?\\s*(${NAME})[)\\]]\\.?$`,
  'iu',
);
/** "Anna: send the report", "Anna - send the report". */
const ASSIGNED = new RegExp(`^(${NAME})\\s*(?::|[-–—])\\s+(.+)$`, 'u');
/** A date of its own tells when, and is no part of the task. */
const DUE =
  /[\s,(]*\b(?:by|before|until|due(?: on| by)?)\s+(?=\d|(?:the )?(?:end|next|noon|tomorrow|mon|tues|wednes|thurs|fri|satur|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[^.]{3,25}[.)]*$/i;

export interface Duty {
  readonly owner: string;
  readonly task: string;
}

/** Who has to do what, by a line of a list of duties. */
export function readDuty(line: string): Duty | undefined {
  const owned = OWNED.exec(line);
  if (owned) return toDuty(owned[2], owned[1]);
  const assigned = ASSIGNED.exec(line);
  return assigned ? toDuty(assigned[1], assigned[2]) : readPromise(line);
}

export function toTask(text: string): string {
  return text.replace(DUE, '').replace(/\.$/, '');
}

function toDuty(owner = '', task = ''): Duty {
  return { owner, task: toTask(task) };
}

function readPromise(clause: string): Duty | undefined {
  const found = PROMISE.exec(clause);
  const [, owner = '', task = ''] = found ?? [];
  return !found || NOT_A_NAME.test(owner) || NO_DUTY.test(task) ? undefined : toDuty(owner, task);
}

/** The clauses of running notes in which somebody who was named as present or absent takes something on. */
export function findPromises({ sentences, pairs }: Facts): string[] {
  const people = pairs.filter(({ key }) =>
    ['attendees', 'absent'].some((box) => keyConcepts(key).has(box)),
  );
  const names = people.map(({ value }) => value).join(' ');
  return sentences
    .flatMap(({ text }) => text.trim().split(/,\s+(?:and\s+)?(?=\p{Lu}\p{Ll}+ \p{Ll})/u))
    .filter((clause) => {
      const owner = readPromise(clause)?.owner;
      return owner !== undefined && (names === '' || names.includes(owner));
    });
}
