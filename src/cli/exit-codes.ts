/** What the `mimeo` command ends with; scripts build on these. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  /** The server does not know who asks. */
  auth: 3,
  notFound: 4,
  /** Some machines, but not all. */
  partial: 5,
  /** No server answers. */
  unreachable: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
