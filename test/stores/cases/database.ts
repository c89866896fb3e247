import type { Store } from '../../../src/stores/ports/store.ts';

/** A database of any kind, empty at first. */
export interface Database {
  /** A connection of its own; each is a process of its own where nothing else is said. */
  open(processId?: string): Store;
  /** Closes whatever was opened, and leaves nothing behind. */
  remove(): Promise<void>;
}
