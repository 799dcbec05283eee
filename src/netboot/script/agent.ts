import { ownDiskLines } from './own-disk.ts';
import { kernelCommandLine, script, scriptUrl, setting } from './text.ts';

const TRIES = 5;
const PAUSE_SECONDS = 5;

export interface AgentScriptOptions {
  readonly httpBase: string;
  /** Path of the kernel from the server's root. */
  readonly kernel: string;
  /** Paths of the initramfs parts, in order; their last parts are the names the kernel finds them by. */
  readonly initrds: readonly string[];
  readonly commandLine: string;
}

/**
 * Loads the boot environment and starts it. Each `initrd=` names a part for kernels that are started by the
 * firmware (UEFI); started by a BIOS they ignore it. When loading fails five times the reason stays on the
 * screen and the host starts its own disk.
 *
 * @throws MimeoError `netboot-text` for a path or command line that cannot be put into a script.
 */
export function agentScript(options: AgentScriptOptions): string {
  const parts = options.initrds.map((path) => ({
    url: scriptUrl(`${options.httpBase}${path}`),
    name: nameOf(path),
  }));
  const names = parts.map((part) => `initrd=${part.name}`).join(' ');
  const commandLine = kernelCommandLine(`${names} ${options.commandLine}`);
  return script([
    'echo Mimeo: loading the boot environment',
    'set tries:int32 0',
    ':load',
    'imgfree',
    `kernel ${scriptUrl(`${options.httpBase}${options.kernel}`)} ${commandLine} || goto failed`,
    ...parts.map((part) => `initrd --name ${part.name} ${part.url} || goto failed`),
    'boot ||',
    ':failed',
    'inc tries',
    `iseq ${setting('tries')} ${TRIES} && goto give-up ||`,
    `echo Mimeo: the boot environment could not be loaded (the line above says why); trying again in ${PAUSE_SECONDS} seconds`,
    `sleep ${PAUSE_SECONDS}`,
    'goto load',
    ':give-up',
    'echo Mimeo: gave up loading the boot environment; the reason is above. Starting this computer from its own disk in 30 seconds.',
    'imgfree',
    'sleep 30',
    ...ownDiskLines('any'),
  ]);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
