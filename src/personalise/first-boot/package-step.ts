import type { Package } from '../settings.ts';
import { cmdCommand, cmdFile, cmdPath, cmdWord } from './script-text.ts';
import type { FirstBootFacts, StepScript } from './types.ts';

/** ERROR_CRC: the file is not what was ordered. */
const DAMAGED = 23;

const CHECK = `
:check
set SUM=
for /f "skip=1 delims=" %%h in ('certutil -hashfile %2 SHA256') do call :sum "%%h"
if /i "%SUM%"=="%1" goto :eof
echo %~2 is not the file that was ordered.
set DAMAGED=yes
goto :eof
:sum
if defined SUM goto :eof
set "SUM=%~1"
set "SUM=%SUM: =%"
goto :eof
`;

/**
 * One package: its files are checked, then its command is run in their folder. XP has no certutil, so there the check
 * that the agent made when it wrote them has to do.
 *
 * @param folder where its files are, as Windows names it
 * @throws MimeoError `first-boot-text`
 */
export function packageStep(
  wanted: Package,
  folder: string,
  facts: FirstBootFacts,
): { step: StepScript; warnings: string[] } {
  const of = `of the package ${wanted.name}`;
  const checkable = wanted.files.filter(
    ({ path }) => /^[\x20-\x7e]+$/.test(path) && !/["%!^&|<>]/.test(path),
  );
  const checks =
    facts.generation === 'xp'
      ? []
      : checkable.map(({ path, sha256 }) => `call :check ${sha256} "${path.replaceAll('/', '\\')}"\n`);
  const home = cmdWord(folder, `The folder ${of}`);
  const script = `@echo off
${wanted.files.length === 0 ? `if not exist ${home} mkdir ${home}` : `if not exist ${home} exit ${DAMAGED}`}
cd /d ${home}
${checks.length === 0 ? '' : `set DAMAGED=\nif not exist "%SystemRoot%\\System32\\certutil.exe" goto checked\n${checks.join('')}:checked\nif defined DAMAGED exit ${DAMAGED}\n`}${cmdCommand(wanted.command, `The command ${of}`)}
exit %errorlevel%
${checks.length === 0 ? '' : CHECK}`;
  const warnings =
    checkable.length === wanted.files.length
      ? []
      : [
          `${wanted.files.length - checkable.length} files ${of} have names that cmd.exe cannot be given, so they are not checked again at the first boot.`,
        ];
  return {
    step: {
      name: wanted.name,
      files: {
        'run.cmd': cmdFile(script),
        ...(wanted.detect === null ? {} : { 'detect.cmd': cmdFile(detectScript(wanted.detect, of)) }),
      },
      timeoutSeconds: wanted.timeoutSeconds,
      successCodes: wanted.successCodes,
      rebootCodes: wanted.rebootCodes,
      retryCodes: wanted.retryCodes,
      retries: wanted.retries,
    },
    warnings,
  };
}

function detectScript(sign: NonNullable<Package['detect']>, of: string): string {
  if (sign.kind === 'file') {
    return `@echo off\nif exist ${cmdPath(sign.path, `The detection ${of}`)} exit 0\nexit 1\n`;
  }
  const value = sign.value === null ? '' : ` /v ${cmdWord(sign.value, `The detection ${of}`)}`;
  return `@echo off\nreg query ${cmdWord(sign.key, `The detection ${of}`)}${value}\nif errorlevel 1 exit 1\nexit 0\n`;
}
