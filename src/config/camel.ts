type Camel<Name extends string> = Name extends `${infer Head}_${infer Rest}`
  ? `${Head}${Capitalize<Camel<Rest>>}`
  : Name;

/** The same fields under the names of the code; one that is undefined is left out. */
export type Camelled<Given> = {
  [Key in keyof Given as Key extends string ? Camel<Key> : never]: Exclude<Given[Key], undefined>;
};

const toCamel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Settings, which are written in snake_case, as the code names them.
 * @example camel({ total_ms: 500, idle_ms: undefined }); // { totalMs: 500 }
 */
export function camel<Given extends object>(given: Given): Camelled<Given> {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [toCamel(name), value])) as Camelled<Given>;
}
