/**
 * Those who wait, in turn order: one of each principal in rounds, first come first served within
 * one. However many calls a principal has waiting, another's first one is at most a round away.
 */
export class FairQueue<T extends { readonly principal: string }> {
  /** In the order in which the principals are served next; nobody in it has an empty list. */
  readonly #turns = new Map<string, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  join(entry: T): void {
    const own = this.#turns.get(entry.principal);
    if (own) own.push(entry);
    else this.#turns.set(entry.principal, [entry]);
    this.#size += 1;
  }

  first(): T | undefined {
    for (const [entry] of this.#turns.values()) return entry;
    return undefined;
  }

  /** Take the first out because it is served: its principal goes to the end of the round. */
  serve(): T | undefined {
    const entry = this.first();
    if (entry === undefined) return undefined;
    const own = this.#turns.get(entry.principal) ?? [];
    this.remove(entry);
    this.#turns.delete(entry.principal);
    if (own.length > 0) this.#turns.set(entry.principal, own);
    return entry;
  }

  /** Take one out that is not served: the turns of the others stay. */
  remove(entry: T): void {
    const own = this.#turns.get(entry.principal) ?? [];
    const at = own.indexOf(entry);
    if (at < 0) return;
    own.splice(at, 1);
    this.#size -= 1;
    if (own.length === 0) this.#turns.delete(entry.principal);
  }

  /** All, in the order in which they would be served if nobody came or went. */
  inTurn(): T[] {
    const order: T[] = [];
    let lists: Iterable<T[]> = this.#turns.values();
    for (let round = 0; order.length < this.#size; round += 1) {
      const longer: T[][] = [];
      for (const own of lists) {
        const entry = own[round];
        if (entry === undefined) continue;
        order.push(entry);
        longer.push(own);
      }
      lists = longer;
    }
    return order;
  }
}
