import { stepId } from './layout.ts';
import type { FirstBootTiming, StepScript } from './types.ts';

/**
 * The service: a .cmd file that every boot starts anew and that goes on where it was. All it knows lies in `state`, as
 * files whose being there is all they say, so that none can be half written:
 *
 * | file | meaning |
 * |---|---|
 * | `03.begun.2` | the second try of step 3 was begun |
 * | `03.result.2` | it ended, with this exit code; without this file it was cut off |
 * | `03.again.2` | its exit code asked for another try |
 * | `03.restart` | it asked for a restart, which is what has to happen next |
 * | `03.done` | nothing more is to be done |
 *
 * Waiting is done by `ping`: `timeout` is not on XP, and refuses to work without a console.
 */
export function serviceCmd(home: string, steps: readonly StepScript[], timing: FirstBootTiming): Buffer {
  const calls = steps.map((step, index) => {
    const codes = (list: readonly number[]): string => `"${list.map(exitCode).join(' ')}"`;
    return `call :step ${stepId(index + 1)} ${step.timeoutSeconds} ${step.retries} ${codes(step.successCodes)} ${codes(step.rebootCodes)} ${codes(step.retryCodes)}`;
  });
  return Buffer.from(
    `${START(home, timing)}${calls.join('\n')}\n${END(home, timing)}${STEP(timing)}${REPORT}${ENGINES}`.replaceAll(
      '\n',
      '\r\n',
    ),
    'latin1',
  );
}

/** As %errorlevel% shows it: 32 bits with a sign. */
function exitCode(code: number): string {
  return String(code | 0);
}

const wait = (seconds: number): string => `ping -n ${seconds + 1} 127.0.0.1 >nul`;

const START = (home: string, timing: FirstBootTiming): string => `@echo off
setlocal EnableExtensions DisableDelayedExpansion
cd /d "${home}"
if not exist service.cmd exit 1
if not exist state mkdir state
if not exist queue mkdir queue
if not exist logs mkdir logs
if exist state\\leaving goto leave

set BOOT=1
:boot
if not exist state\\boot.%BOOT% goto booted
set /a BOOT+=1
goto boot
:booted
type nul >state\\boot.%BOOT%

set ENGINE=cmd
cscript //nologo helper.vbs probe >nul 2>&1
if "%errorlevel%"=="42" set ENGINE=vbs
if "%ENGINE%"=="vbs" goto engine
powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File helper.ps1 probe >nul 2>&1
if "%errorlevel%"=="42" set ENGINE=ps1
:engine
if "%ENGINE%"=="vbs" set "HELPER=cscript //nologo helper.vbs"
if "%ENGINE%"=="ps1" set "HELPER=powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File helper.ps1"
call :log boot %BOOT%, helper %ENGINE%

set STEP=00
set TRY=1
if exist state\\00.done goto steps
call :report started null null
:setup
set BUSY=
for /f "tokens=3" %%v in ('reg query HKLM\\SYSTEM\\Setup /v SystemSetupInProgress 2^>nul') do if "%%v"=="0x1" set BUSY=yes
for /f "tokens=3" %%v in ('reg query HKLM\\SYSTEM\\Setup /v OOBEInProgress 2^>nul') do if "%%v"=="0x1" set BUSY=yes
if not defined BUSY goto set-up
${wait(timing.setupSeconds)}
goto setup
:set-up
call :end finished null null

:steps
`;

const END = (home: string, timing: FirstBootTiming): string => `
set SENDS=0
:sending
if not exist queue\\*.json goto leave
if not "%SENDS%"=="0" ${wait(timing.sendSeconds)}
call :send
set /a SENDS+=1
if not exist queue\\*.json goto leave
if %SENDS% LSS ${timing.sends} goto sending
if %BOOT% LSS ${timing.boots} exit 0
call :log the reports could not be sent

:leave
type nul >state\\leaving
if not exist settings\\authorization.txt goto token-gone
fsutil file setzerodata offset=0 length=4096 settings\\authorization.txt >nul 2>&1
del /f /q settings\\authorization.txt
:token-gone
copy /y logs\\service.log ..\\first-boot.log >nul
call unregister.cmd >nul 2>&1
cd ..
rd /s /q "${home}" & exit 0

`;

const STEP = (timing: FirstBootTiming): string => `:step
set "STEP=%~1"
set "LIMIT=%~2"
set "RETRIES=%~3"
set "GOOD=%~4"
set "RESTART=%~5"
set "AGAIN=%~6"
if exist state\\%STEP%.done goto :eof
set TRY=0
:count
set /a NEXT=TRY+1
if not exist state\\%STEP%.begun.%NEXT% goto counted
set TRY=%NEXT%
goto count
:counted
set SECONDS=null
if exist state\\%STEP%.restart goto restarted
if "%TRY%"=="0" goto begin
if exist state\\%STEP%.again.%TRY% goto begin
if exist state\\%STEP%.result.%TRY% goto judge
call :log step %STEP% was cut off in try %TRY%
:begin
if not exist steps\\%STEP%\\detect.cmd goto run
cmd /d /c steps\\%STEP%\\detect.cmd >nul 2>&1
if errorlevel 1 goto run
set WORD=finished
if "%TRY%"=="0" set WORD=skipped
call :end %WORD% null null
goto :eof
:run
set CUT=0
for /l %%i in (1,1,%TRY%) do if not exist state\\%STEP%.result.%%i set /a CUT+=1
if %CUT% LSS ${timing.interruptions} goto attempt
>>logs\\%STEP%.log echo Cut off %CUT% times; not tried again.
call :end failed null null
goto :eof
:attempt
set /a TRY+=1
type nul >state\\%STEP%.begun.%TRY%
call :report started null null
call :run-%ENGINE%
:judge
set CODE=
if exist state\\%STEP%.result.%TRY% for /f %%e in (state\\%STEP%.result.%TRY%) do set "CODE=%%e"
if not defined CODE goto counted
if not "%CODE%"=="timeout" goto ended
>>logs\\%STEP%.log echo Stopped after %LIMIT% seconds.
call :end failed null %SECONDS%
if "%ENGINE%"=="cmd" goto restart
goto :eof
:ended
set WORD=failed
for %%c in (%AGAIN%) do if "%%c"=="%CODE%" set WORD=again
for %%c in (%RESTART%) do if "%%c"=="%CODE%" set WORD=restart
for %%c in (%GOOD%) do if "%%c"=="%CODE%" set WORD=finished
if "%WORD%"=="again" goto again
if "%WORD%"=="restart" goto wants-restart
call :end %WORD% %CODE% %SECONDS%
goto :eof
:again
type nul >state\\%STEP%.again.%TRY%
set COUNT=0
for /l %%i in (1,1,%TRY%) do if exist state\\%STEP%.again.%%i set /a COUNT+=1
if %COUNT% LEQ %RETRIES% goto later
call :end failed %CODE% %SECONDS%
goto :eof
:later
call :log step %STEP% try %TRY% ended with %CODE%, tried again later
${wait(timing.retrySeconds)}
goto begin
:wants-restart
call :report waiting-for-reboot %CODE% %SECONDS%
type nul >state\\%STEP%.restart
:restart
call :log restart
shutdown -r -f -t 0
${wait(timing.restartSeconds)}
goto restart
:restarted
set CODE=null
if exist state\\%STEP%.result.%TRY% for /f %%e in (state\\%STEP%.result.%TRY%) do set "CODE=%%e"
call :end finished %CODE% null
goto :eof

:end
call :report %1 %2 %3
type nul >state\\%STEP%.done
goto :eof

:log
>>logs\\service.log echo %date% %time% %*
goto :eof

`;

const REPORT = `:report
call :log step %STEP% %1 exit code %2
if not exist settings\\url.txt goto :eof
set NUMBER=0
if exist state\\sequence for /f %%n in (state\\sequence) do set NUMBER=%%n
set /a NUMBER+=1
>state\\sequence.new echo %NUMBER%
move /y state\\sequence.new state\\sequence >nul
set FILE=00000%NUMBER%
set FILE=%FILE:~-6%
if "%ENGINE%"=="cmd" goto report-cmd
%HELPER% report %FILE% %STEP% %1 %2 %3 %TRY% >>logs\\helper.log 2>&1
goto :eof
:report-cmd
for /f "delims=" %%n in (steps\\%STEP%\\name.json) do set NAME=%%n
set PLACE=%STEP%
if "%PLACE:~0,1%"=="0" set PLACE=%STEP:~1%
>queue\\%FILE%.new echo {"step":%PLACE%,"name":%NAME%,"state":"%1","exitCode":%2,"seconds":%3,"attempt":%TRY%,"logTail":""}
ren queue\\%FILE%.new %FILE%.json
:send
if not exist settings\\url.txt goto :eof
if "%ENGINE%"=="cmd" goto send-cmd
%HELPER% send >>logs\\helper.log 2>&1
goto :eof
:send-cmd
for /f %%u in (settings\\url.txt) do set URL=%%u
set OFFLINE=
for /f %%f in ('dir /b /on queue\\*.json') do call :post %%f
goto :eof
:post
if defined OFFLINE goto :eof
set STATUS=000
for /f %%s in ('curl -K curl.txt -H @settings\\authorization.txt --data-binary @queue\\%1 %URL%/steps') do set STATUS=%%s
set OFFLINE=yes
if "%STATUS:~0,1%"=="2" set OFFLINE=
if "%STATUS:~0,1%"=="4" set OFFLINE=
if "%STATUS%"=="408" set OFFLINE=yes
if "%STATUS%"=="429" set OFFLINE=yes
if not defined OFFLINE del /f /q queue\\%1
goto :eof

`;

const ENGINES = `:run-vbs
:run-ps1
set SECONDS=null
for /f %%s in ('%HELPER% run %STEP% %TRY% %LIMIT%') do set SECONDS=%%s
goto :eof
:run-cmd
start "" /b cmd /d /c attempt.cmd %STEP% %TRY%
set SECONDS=0
:poll
if exist state\\%STEP%.result.%TRY% goto :eof
if not %SECONDS% LSS %LIMIT% goto too-long
ping -n 2 127.0.0.1 >nul
set /a SECONDS+=1
goto poll
:too-long
>state\\%STEP%.result.%TRY% echo timeout
goto :eof
`;

/**
 * Runs one try of a step, in a cmd.exe of its own so that an `exit` in it is only its own, and writes its exit code when it
 * has ended. Also where the service is gone by then, so nothing that ended is run again.
 */
export const ATTEMPT_CMD = String.raw`@echo off
cd /d "%~dp0"
cmd /d /c steps\%1\run.cmd >>logs\%1.log 2>&1 <nul
>state\%1.new echo %errorlevel%
move /y state\%1.new state\%1.result.%2 >nul
`;

/** What curl is told besides; in a file, since a percent sign is no safe thing on a command line of cmd.exe. */
export const CURL_TXT = `silent
output = "nul"
write-out = "%{http_code}"
noproxy = "*"
connect-timeout = 5
max-time = 15
header = "Content-Type: application/json"
`;
