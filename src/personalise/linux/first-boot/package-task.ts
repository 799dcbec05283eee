import type { FirstBootDelivery } from '../../first-boot/types.ts';
import type { Package } from '../../settings.ts';
import { HOME } from './runner.ts';
import { shellQuote } from './shell-quote.ts';
import type { FirstBootTask } from './task.ts';

/** EX_DATAERR of sysexits.h: a file is not what was ordered. */
const DAMAGED = 65;

/** One package: its files are checked, then its command is run by the shell in their folder. */
export function packageTask(wanted: Package, index: number): FirstBootTask {
  const { files, detect } = wanted;
  const checks = files.map(({ path, sha256 }) => `check ${shellQuote(path)} ${sha256}\n`);
  const prepare =
    files.length === 0
      ? ''
      : `cd ${folderOf(index)} || exit ${DAMAGED}
check() {
  sum=$(sha256sum <"$1") && [ "\${sum%% *}" = "$2" ] && return
  echo "$1 is not the file that was ordered."
  exit ${DAMAGED}
}
${checks.join('')}`;
  return {
    when: 'with-network',
    name: wanted.name,
    script: `${prepare}${wanted.command}\n`,
    ...(detect?.kind === 'file' ? { unless: `[ -e ${shellQuote(detect.path)} ]\n` } : {}),
    seconds: wanted.timeoutSeconds,
    codes: {
      success: wanted.successCodes,
      reboot: wanted.rebootCodes,
      retry: wanted.retryCodes,
      retries: wanted.retries,
    },
  };
}

/** Where the agent brings a package's files. */
export function packageDelivery({ name, files }: Package, index: number): FirstBootDelivery {
  return { name, folder: folderOf(index).split('/').slice(1), files };
}

function folderOf(index: number): string {
  return `${HOME}/packages/${String(index + 1).padStart(2, '0')}`;
}
