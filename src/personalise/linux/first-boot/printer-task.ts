import { MimeoError } from '../../../errors.ts';
import type { FirstBoot, Printer } from '../../settings.ts';
import { shellQuote } from './shell-quote.ts';
import type { FirstBootTask } from './task.ts';

/**
 * Printers by CUPS, as the host would find them itself: driverless over IPP ("IPP Everywhere", lpadmin(8)). The drivers
 * that a profile names are Windows' own. Queues of a Windows server ask each user who he is, so they are left to the
 * desktop.
 */
export function printerTasks(
  { printers, defaultPrinter }: FirstBoot,
  hasCups: boolean,
): { readonly tasks: readonly FirstBootTask[]; readonly warnings: readonly string[] } {
  if (printers.length === 0) return { tasks: [], warnings: [] };
  if (!hasCups) return { tasks: [], warnings: ['The image has no CUPS (lpadmin), so it gets no printers.'] };
  const shared = printers.filter(({ kind }) => kind === 'shared');
  const direct = printers.filter((one) => one.kind === 'direct');
  return {
    tasks: direct.map((one) => printerTask(one, one.name === defaultPrinter)),
    warnings: shared.map(
      ({ name }) => `The printer ${name} is a queue of a Windows server, which is not set up on Linux.`,
    ),
  };
}

function printerTask(
  { name, address }: Extract<Printer, { kind: 'direct' }>,
  isDefault: boolean,
): FirstBootTask {
  if (!/^[A-Za-z0-9.:-]+$/.test(address)) {
    throw new MimeoError('personalise-order', `${JSON.stringify(address)} is no address of a printer.`);
  }
  const queue = shellQuote(queueName(name));
  const host = address.includes(':') ? `[${address}]` : address;
  const lines = [
    `lpadmin -p ${queue} -E -D ${shellQuote(name)} -v ipp://${host}/ipp/print -m everywhere || exit 75`,
    ...(isDefault ? [`lpadmin -d ${queue}`] : []),
  ];
  return {
    when: 'with-network',
    name: `Printer ${name}`,
    script: `${lines.join('\n')}\n`,
    seconds: 300,
    // lpadmin asks the printer what it can do, and CUPS may still be starting.
    codes: { success: [0], reboot: [], retry: [75], retries: 4 },
  };
}

/** A queue's name in CUPS holds no blanks, slashes or hashes. */
function queueName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 100);
}
