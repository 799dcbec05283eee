import { writeFile } from 'node:fs/promises';
import { run } from '../command.ts';

/** How the machine is switched. */
export interface Power {
  reboot(): Promise<void>;
  shutdown(): Promise<void>;
}

/** The real machine: the boot environment has nothing to unmount, so its kernel is told directly. */
export const machinePower: Power = {
  reboot: () => switchBy(['reboot', '-f'], 'b'),
  shutdown: () => switchBy(['poweroff', '-f'], 'o'),
};

/** @param sysrq what does the same when the command is missing or fails */
async function switchBy(argv: readonly string[], sysrq: string): Promise<void> {
  // What matters was synced when it was written; a machine that cannot do it once more must go down all the same.
  await run(['sync']).catch(() => undefined);
  await run(argv).catch(() => writeFile('/proc/sysrq-trigger', sysrq));
}
