import { makeRegistryFile } from '../registry/make-registry-file.ts';
import type { HostSettings } from '../settings.ts';
import { driverPaths } from './driver-paths.ts';
import { fileNameFor, importCommand, SETUP_SCRIPT, scriptCommand, waitsForLogon } from './setup-commands.ts';
import { isNeeded, type SetupScript, setupScript } from './setup-script.ts';
import { isAdministrator } from './user-answers.ts';

/** A file of ours that a command runs, and when. */
export interface FileToRun {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly why: string;
  readonly command: (path: string) => string;
  readonly atLogon: boolean;
  /** Whether nobody but administrators may read it, also while it waits for the first logon. */
  readonly secret: boolean;
  /** Of what does not wait for the first logon: an import then means another user. */
  readonly warnings: readonly string[];
}

/**
 * The .reg files in the order of the share, and behind them the script.
 *
 * @throws MimeoError `registry-file-invalid`
 */
export function filesToRun(settings: HostSettings): FileToRun[] {
  return [...registryFiles(settings), ...scripts(settings)];
}

function registryFiles(settings: HostSettings): FileToRun[] {
  return settings.registryFiles.map((file, index) => {
    const made = makeRegistryFile(file, settings.fields);
    return {
      name: fileNameFor(file, index),
      bytes: made.bytes,
      why: `${file.name} of the share, filled in for this host`,
      command: importCommand,
      atLogon: waitsForLogon(file),
      secret: false,
      warnings: made.warnings,
    };
  });
}

/** One script at most, run behind the .reg files. */
function scripts(settings: HostSettings): FileToRun[] {
  const { autoLogon, administratorPassword } = settings.windows;
  const other = autoLogon !== null && !isAdministrator(autoLogon.account) ? autoLogon : null;
  const script: SetupScript = {
    accounts: settings.accounts,
    administratorPassword: administratorPassword ?? (other === null ? (autoLogon?.password ?? null) : null),
    autoLogon: other,
    computerName: settings.computerName,
    driverPaths: driverPaths(settings.drivers),
  };
  if (!isNeeded(script)) return [];
  return [
    {
      name: SETUP_SCRIPT,
      bytes: setupScript(script),
      why: 'what sysprep.inf cannot say: accounts, passwords, folders of drivers',
      command: scriptCommand,
      atLogon: false,
      secret: true,
      warnings: [],
    },
  ];
}
