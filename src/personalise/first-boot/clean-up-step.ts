import { windowsPath } from '../locate.ts';
import { cmdFile, cmdWord } from './script-text.ts';
import type { StepScript } from './types.ts';

/** Tried again when a file was open in another program. */
const STILL_THERE = 5;

/**
 * The last step: what is secret or no longer needed goes. A file is zeroed where it lies before it is deleted, so that
 * free space does not keep it (`fsutil` writes over the file's own clusters).
 */
export function cleanUpStep(home: string, drive: string, paths: readonly (readonly string[])[]): StepScript {
  const words = paths.map((path) => cmdWord(windowsPath(path, drive), 'A path to remove'));
  const script = `@echo off
set LEFT=0
${words.map((word) => `call :remove ${word}\n`).join('')}if exist "${home}\\packages" rd /s /q "${home}\\packages"
if exist "${home}\\packages" set LEFT=${STILL_THERE}
exit %LEFT%

:remove
if exist "%~1\\" goto folder
if not exist "%~1" goto :eof
attrib -r -s -h "%~1"
fsutil file setzerodata offset=0 length=%~z1 "%~1"
del /f /q "%~1"
goto removed
:folder
rd /s /q "%~1"
:removed
if not exist "%~1" goto :eof
echo %~1 is still there.
set LEFT=${STILL_THERE}
goto :eof
`;
  return {
    name: 'Clean up',
    files: { 'run.cmd': cmdFile(script) },
    timeoutSeconds: 600,
    successCodes: [0],
    rebootCodes: [],
    retryCodes: [STILL_THERE],
    retries: 3,
  };
}
