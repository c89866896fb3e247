export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Like `Array.isArray`, but the members stay `unknown` instead of becoming `any`. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
