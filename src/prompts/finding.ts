/** Something that must be put right before the prompts are used. */
export interface Finding {
  /** The file or the tool. */
  where: string;
  /** What is wrong, and what to do. */
  what: string;
}
