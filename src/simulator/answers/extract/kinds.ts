import { isList } from '../../json.ts';
import { splitName } from '../classify.ts';
import type { SchemaField } from '../schema.ts';

/** What sort of value a field wants. */
export type FieldKind =
  | 'date'
  | 'date-time'
  | 'email'
  | 'url'
  | 'phone'
  | 'amount'
  | 'count'
  | 'percent'
  | 'currency'
  | 'id'
  | 'vat'
  | 'iban'
  | 'boolean'
  | 'person'
  | 'company'
  | 'address'
  | 'text';

const BY_NAME: readonly (readonly [names: RegExp, kind: FieldKind])[] = [
  [/\be ?mail\b/, 'email'],
  [/\b(?:url|uri|website|web ?site|link|homepage|linkedin|github)\b/, 'url'],
  [/\b(?:phone|telephone|mobile|fax|tel)\b/, 'phone'],
  [/\bcurrency\b/, 'currency'],
  [
    /\b(?:date|deadline|birthday|dob|issued on|due on|due by|delivered on)\b|\b(?:on|at|by)$/,
    'date',
  ],
  [/\biban\b/, 'iban'],
  [/\b(?:vat|tax)(?: reg(?:istration)?)? (?:number|no|id)\b/, 'vat'],
  [/\b(?:address|street)\b/, 'address'],
  [/\b(?:number|no|nr|id|reference|ref|code|sku|iban|vat)\b/, 'id'],
  [/\b(?:total|price|amount|cost|fee|tax|subtotal|balance|discount|salary|budget)\b/, 'amount'],
  [
    /\b(?:company|vendor|seller|supplier|employer|organi[sz]ation|merchant|store|shop)\b/,
    'company',
  ],
  [
    /\b(?:name|person|customer|client|buyer|sender|recipient|author|contact|candidate|reporter|host|absentee|owner|assignee|attendee|participant|employee|signed by|who|organizer)s?\b/,
    'person',
  ],
];

const BY_FORMAT: Readonly<Record<string, FieldKind>> = {
  date: 'date',
  'date-time': 'date-time',
  email: 'email',
  uri: 'url',
};

/** A name like `next_meeting` or `absent` says too little. */
const BY_DESCRIPTION: readonly (readonly [said: RegExp, kind: FieldKind])[] = [
  [/\bYYYY-MM-DD\b|^(?:the )?(?:date|day)\b/i, 'date'],
  [/^(?:the )?(?:full )?names? of\b.*\b(?:people|persons?|participants)\b/i, 'person'],
];

/** From the type and format of a field first, from its name second. */
export function kindOf({ name, description, schema }: SchemaField): FieldKind {
  const { type, format } = schema as { type?: unknown; format?: unknown };
  const plain = splitName(name).toLowerCase();
  const types = isList(type) ? type : [type];
  if (types.includes('boolean')) return 'boolean';
  if (types.includes('integer') || types.includes('number')) return numberKind(plain, types);
  return BY_FORMAT[String(format)] ?? stringKind(plain, description);
}

function stringKind(name: string, description: string): FieldKind {
  const byName = BY_NAME.find(([names]) => names.test(name));
  const found = byName ?? BY_DESCRIPTION.find(([said]) => said.test(description));
  return found?.[1] ?? 'text';
}

function numberKind(name: string, types: readonly unknown[]): FieldKind {
  if (/\b(?:percent|percentage|pct|(?:vat|tax|discount|interest) rate)\b/.test(name))
    return 'percent';
  return types.includes('integer') ? 'count' : 'amount';
}
