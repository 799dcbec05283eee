import { z } from 'zod';
import type { Outlet } from '../../lab/network/index.ts';
import { run } from '../../src/command.ts';

const schema = z.tuple([z.object({ stats64: z.object({ tx: z.object({ bytes: z.number() }) }) })]);

/** Bytes that a machine has sent into its cable, control calls and acknowledgements included. */
export async function sentBytes({ namespace, nic }: Outlet): Promise<number> {
  const { stdout } = await run(['ip', '-n', namespace, '-json', '-statistics', 'link', 'show', 'dev', nic]);
  const [{ stats64 }] = schema.parse(JSON.parse(stdout.toString()));
  return stats64.tx.bytes;
}
