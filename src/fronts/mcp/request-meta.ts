/** What a request says beside its tool and arguments. */
export interface Meta {
  /** `_meta` of the message. */
  meta: Record<string, unknown> | undefined;
  /** A header by its name in small letters; null without one, and always on stdio. */
  header: (name: string) => string | null;
}
