/** Makes what was committed durable: SQLite's log beside the database, or what a test puts in its place. */
export interface CommitLog {
  /** Resolves when everything committed before the call survives a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
