import { run } from '../../src/command.ts';

/**
 * Limits what an interface sends to a rate such as `100mbit`. Done at both ends of a cable it makes a
 * full-duplex port of that speed. 256 KiB of burst is what the kernel's timer needs to keep the rate.
 */
export async function shape(namespace: string, nic: string, rate: string): Promise<void> {
  await run(shapeCommand(namespace, nic, rate));
}

/** The command behind {@link shape}. */
export function shapeCommand(namespace: string, nic: string, rate: string): string[] {
  const bucket = ['tbf', 'rate', rate, 'burst', '256kb', 'latency', '60ms'];
  return ['tc', '-n', namespace, 'qdisc', 'replace', 'dev', nic, 'root', ...bucket];
}
