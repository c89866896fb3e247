/** Something that must be put right before the prompts are used. */
export interface Finding {
  /** The file or the tool. */
  where: string;
  /** The fault, and what to do. */
  what: string;
}
