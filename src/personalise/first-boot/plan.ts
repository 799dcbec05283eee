import { MimeoError } from '../../errors.ts';
import { windowsPath } from '../locate.ts';
import type { FirstBoot } from '../settings.ts';
import { cleanUpStep } from './clean-up-step.ts';
import { HELPER_PS1 } from './helper-ps1.ts';
import { HELPER_VBS } from './helper-vbs.ts';
import { FIRST_BOOT_FOLDER, packageFolder, stepId } from './layout.ts';
import { packageStep } from './package-step.ts';
import { defaultPrinterStep, printerStep } from './printer-steps.ts';
import { registration } from './registration.ts';
import { cmdFile, jsonWord } from './script-text.ts';
import { ATTEMPT_CMD, CURL_TXT, serviceCmd } from './service-cmd.ts';
import {
  FIRST_BOOT_TIMING,
  type FirstBootDelivery,
  type FirstBootFacts,
  type FirstBootFile,
  type FirstBootPlan,
  type FirstBootTiming,
  type StepScript,
} from './types.ts';

/** In a report. */
const LONGEST_NAME = 200;

/**
 * Plans the service that sets up printers and packages at the first boot of a Windows, reports each step, and removes
 * itself and what is secret. Windows' own setup has to run `startCommand` once, as SYSTEM.
 *
 * @param pathsToRemove files and folders that go when all is done, from the root of the volume
 * @throws MimeoError `first-boot-text` for a value that a script of Windows cannot carry
 */
export function planFirstBoot(
  firstBoot: FirstBoot,
  facts: FirstBootFacts,
  pathsToRemove: readonly (readonly string[])[],
  timing: FirstBootTiming = FIRST_BOOT_TIMING,
): FirstBootPlan {
  const home = windowsPath(FIRST_BOOT_FOLDER, facts.drive);
  const warnings: string[] = [];
  const deliveries: FirstBootDelivery[] = [];
  const scripts: StepScript[] = firstBoot.printers.map((printer) => printerStep(printer, facts));
  if (firstBoot.defaultPrinter !== null) {
    const printer = firstBoot.printers.find(({ name }) => name === firstBoot.defaultPrinter);
    if (printer === undefined) {
      throw new MimeoError(
        'first-boot-text',
        `The default printer ${firstBoot.defaultPrinter} is none of the host's printers.`,
      );
    }
    scripts.push(defaultPrinterStep(printer, facts));
  }
  for (const wanted of firstBoot.packages) {
    const folder = packageFolder(scripts.length + 1);
    const made = packageStep(wanted, windowsPath(folder, facts.drive), facts);
    deliveries.push({ name: wanted.name, folder, files: wanted.files });
    scripts.push(made.step);
    warnings.push(...made.warnings);
  }
  scripts.push(cleanUpStep(home, facts.drive, pathsToRemove));

  const files: FirstBootFile[] = [];
  const put = (path: readonly string[], bytes: Buffer): void => {
    files.push({ path: [...FIRST_BOOT_FOLDER, ...path], bytes, readers: 'administrators' });
  };
  put(['service.cmd'], serviceCmd(home, scripts, timing));
  put(['attempt.cmd'], cmdFile(ATTEMPT_CMD));
  put(['helper.vbs'], cmdFile(HELPER_VBS));
  if (facts.generation !== 'xp') {
    put(['helper.ps1'], cmdFile(HELPER_PS1));
    put(['curl.txt'], cmdFile(CURL_TXT));
  }
  for (const [name, bytes] of Object.entries(registration(home, facts))) put([name], bytes);
  if (firstBoot.report !== null) {
    put(['settings', 'url.txt'], cmdFile(`${checkedUrl(firstBoot.report.url)}\n`));
    put(
      ['settings', 'authorization.txt'],
      cmdFile(`Authorization: Bearer ${checkedToken(firstBoot.report.token)}\n`),
    );
  }
  put(['steps', stepId(0), 'name.json'], cmdFile(`${jsonWord('Windows')}\n`));
  for (const [index, script] of scripts.entries()) {
    const folder = ['steps', stepId(index + 1)];
    put([...folder, 'name.json'], cmdFile(`${jsonWord(script.name.slice(0, LONGEST_NAME))}\n`));
    for (const [name, bytes] of Object.entries(script.files)) put([...folder, name], bytes);
  }
  return {
    files,
    deliveries,
    startCommand: `cmd.exe /d /c ${home}\\register.cmd`,
    steps: scripts.map(({ name, timeoutSeconds }, index) => ({
      step: index + 1,
      name: name.slice(0, LONGEST_NAME),
      limitSeconds: timeoutSeconds + timing.retrySeconds,
    })),
    warnings,
  };
}

function checkedUrl(url: string): string {
  if (/^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~/-]*)?$/.test(url)) return url.replace(/\/+$/, '');
  throw new MimeoError('first-boot-text', `The address for reports, ${url}, is none.`);
}

function checkedToken(token: string): string {
  if (/^[A-Za-z0-9._~+/=-]{1,512}$/.test(token)) return token;
  throw new MimeoError(
    'first-boot-text',
    'The token for reports has characters that an HTTP header cannot carry.',
  );
}
