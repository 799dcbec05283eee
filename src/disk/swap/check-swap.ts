import { MimeoError } from '../../errors.ts';
import { parseSwapHeader } from './swap-header.ts';

/**
 * @param head the first bytes of a swap area
 * @param name how the volume is called in the message
 * @throws MimeoError `volume-hibernated` when a system was suspended to it
 */
export function refuseSuspendedSwap(head: Buffer, name: string): void {
  if (parseSwapHeader(head)?.suspended !== true) return;
  throw new MimeoError(
    'volume-hibernated',
    `The Linux of the master did not shut down: it hibernated, and sleeps in the swap area in ${name}.`,
    { next: 'Start the master once, shut it down with "poweroff" and capture again.' },
  );
}
