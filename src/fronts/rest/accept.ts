import Negotiator from 'negotiator';

/** The media type of `offered` that an Accept header likes best; null if it takes none of them. */
export const negotiate = (accept: string | undefined, offered: string[]): string | null =>
  new Negotiator({ headers: { accept: accept ?? '*/*' } }).mediaType(offered) ?? null;
