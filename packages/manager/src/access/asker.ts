/** Who asked for a change, for the history. */
export interface Asker {
  readonly by: string;
  /** The address it came from. */
  readonly from: string;
}
