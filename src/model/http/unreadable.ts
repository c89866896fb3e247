/** A body that is no answer of a model, for a reason that can be shown: it is in our words. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}
