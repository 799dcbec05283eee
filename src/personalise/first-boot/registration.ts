import { cmdFile, unicodeFile } from './script-text.ts';
import type { FirstBootFacts } from './types.ts';

const NAME = 'MimeoFirstBoot';

/**
 * How every boot starts the service, as SYSTEM and before anybody logs on: `register.cmd` is run once by Windows' own
 * setup, `unregister.cmd` by the service when it leaves.
 *
 * - Vista and later: a scheduled task at system start, given as XML since the switches of schtasks cannot say that a
 *   laptop may be on battery (by default such a task is not started then, and stopped when the plug is pulled), nor that
 *   it may take longer than three days.
 * - XP and 2003, and where the task cannot be made: an entry in the service control manager's own list. Mini-Setup runs
 *   cmdlines.txt while the task scheduler is not there, and XP Home has no schtasks. A service has to answer the manager
 *   and cmd.exe cannot, so this one starts the real one beside itself and ends: the manager notes events 7000 and 7009
 *   in the log, and what was started goes on.
 * - Not used: `Run` and `RunOnce` wait for a logon; `HKLM\SYSTEM\Setup\CmdLine` belongs to Windows' own setup at that
 *   time, which sets it back when it ends; `SetupComplete.cmd` is skipped where Windows has an OEM key; start scripts of
 *   the local policy are not on Home.
 */
export function registration(home: string, facts: FirstBootFacts): Readonly<Record<string, Buffer>> {
  const service = `reg import "${home}\\service.reg"\nexit %errorlevel%\n`;
  if (facts.generation === 'xp') {
    return {
      'register.cmd': cmdFile(`@echo off\n${service}`),
      'unregister.cmd': cmdFile(`@echo off\n${DELETE_SERVICE}exit /b 0\n`),
      'service.reg': serviceReg(home),
    };
  }
  return {
    'register.cmd': cmdFile(
      `@echo off\nschtasks /create /tn ${NAME} /xml "${home}\\task.xml" /f\nif not errorlevel 1 exit 0\n${service}`,
    ),
    'unregister.cmd': cmdFile(`@echo off\nschtasks /delete /tn ${NAME} /f\n${DELETE_SERVICE}exit /b 0\n`),
    'service.reg': serviceReg(home),
    'task.xml': taskXml(home),
  };
}

const SERVICE_KEY = `SYSTEM\\CurrentControlSet\\Services\\${NAME}`;
const DELETE_SERVICE = `reg delete HKLM\\${SERVICE_KEY} /f\n`;

/** Type 16: a program of its own; start 2: by itself; error control 0: a failure is no box on XP's screen. */
function serviceReg(home: string): Buffer {
  const command = `cmd.exe /d /c start "Mimeo" /min cmd.exe /d /c ${home}\\service.cmd`;
  return unicodeFile(`Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\${SERVICE_KEY}]
"Type"=dword:00000010
"Start"=dword:00000002
"ErrorControl"=dword:00000000
"ImagePath"="${command.replaceAll(/[\\"]/g, '\\$&')}"
"DisplayName"="Mimeo first boot"
"ObjectName"="LocalSystem"

`);
}

/** S-1-5-18 is SYSTEM in every language; priority 5 is a normal one, where a task without it waits behind all others. */
function taskXml(home: string): Buffer {
  return unicodeFile(`<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Printers and software of this computer, set up once by Mimeo.</Description>
  </RegistrationInfo>
  <Triggers>
    <BootTrigger>
      <Enabled>true</Enabled>
    </BootTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>S-1-5-18</UserId>
      <RunLevel>HighestAvailable</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${home}\\service.cmd</Command>
      <WorkingDirectory>${home}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`);
}
