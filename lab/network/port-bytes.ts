import { z } from 'zod';
import { run } from '../../src/command.ts';

const direction = z.object({ bytes: z.number() });
const schema = z.tuple([z.object({ stats64: z.object({ tx: direction, rx: direction }) })]);

/** Bytes on a cable so far, with everything that is not data: headers, control calls, acknowledgements. */
export interface PortBytes {
  readonly sent: number;
  readonly received: number;
}

/** What an interface has sent into its cable, and what came out of it. */
export async function portBytes(namespace: string, nic: string): Promise<PortBytes> {
  const { stdout } = await run(['ip', '-n', namespace, '-json', '-statistics', 'link', 'show', 'dev', nic]);
  const [{ stats64 }] = schema.parse(JSON.parse(stdout.toString()));
  return { sent: stats64.tx.bytes, received: stats64.rx.bytes };
}
