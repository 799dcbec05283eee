/** How an order may use the network. Rates are bytes per second of chunks; null: as much as there is. */
export interface NetworkUse {
  /** What the server sends for this order, to all hosts together. */
  readonly limit: number | null;
  /** What each host receives, and what it sends to its neighbours. */
  readonly hostLimit: number | null;
  /** How long a host that is done may put off its restart while a neighbour needs it. */
  readonly lingerSeconds: number;
}

/** What holds when nobody says anything. */
export const FREE_NETWORK: NetworkUse = { limit: null, hostLimit: null, lingerSeconds: 60 };
