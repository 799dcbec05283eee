import { MimeoError } from '../../errors.ts';
import type { Printer } from '../settings.ts';
import { cmdFile, cmdWord, powershellString, unicodeFile } from './script-text.ts';
import type { FirstBootFacts, StepScript } from './types.ts';

const PRINT = 'SYSTEM\\CurrentControlSet\\Control\\Print';
/** The spooler reads its registry when it starts. */
const RESTART_SPOOLER = 'net stop spooler\nnet start spooler\nif errorlevel 1 exit 1\n';
const REGISTRY_HEAD = 'Windows Registry Editor Version 5.00\n\n';

const LIMITS = { successCodes: [0], rebootCodes: [], retryCodes: [], retries: 0 } as const;

/**
 * One printer for everyone who uses the host.
 *
 * @throws MimeoError `first-boot-text`
 */
export function printerStep(printer: Printer, facts: FirstBootFacts): StepScript {
  return printer.kind === 'shared' ? sharedStep(printer) : directStep(printer, facts);
}

/**
 * The entry that `printui /ga` makes, written directly: on XP printui loses it now and then, and cannot be watched when
 * it fails. The spooler connects each user who logs on. As a .reg file it carries every letter there is.
 */
function sharedStep(printer: Extract<Printer, { kind: 'shared' }>): StepScript {
  const parts = /^\\\\([^\\/,]+)\\([^\\/,]+)$/.exec(printer.path);
  const [, server, queue] = parts ?? [];
  if (server === undefined || queue === undefined) {
    throw new MimeoError(
      'first-boot-text',
      `The printer ${printer.name} is at ${printer.path}, which is no \\\\server\\queue.`,
    );
  }
  const reg = `${REGISTRY_HEAD}[HKEY_LOCAL_MACHINE\\${PRINT}\\Connections\\${registryKey(`,,${server},${queue}`, printer.name)}]
"Printer"=${registryString(printer.path, printer.name)}
"Server"=${registryString(`\\\\${server}`, printer.name)}
"Provider"="win32spl.dll"
"LocalConnection"=dword:00000001

`;
  return {
    name: `Printer ${printer.name}`,
    files: {
      'run.cmd': cmdFile(
        `@echo off\nreg import "%~dp0printer.reg"\nif errorlevel 1 exit 1\n${RESTART_SPOOLER}exit 0\n`,
      ),
      'printer.reg': unicodeFile(reg),
    },
    timeoutSeconds: 300,
    ...LIMITS,
  };
}

/**
 * A printer that the host sends to itself: on 8 and later by the cmdlets of PowerShell; where these are missing or fail,
 * the TCP/IP port goes into the registry as its monitor keeps it, and printui adds driver and printer.
 * printui says nothing of a failure, so that it is there is read from the registry.
 */
function directStep(printer: Extract<Printer, { kind: 'direct' }>, facts: FirstBootFacts): StepScript {
  const what = `The printer ${printer.name}`;
  const name = cmdWord(printer.name, `${what}: its name`);
  const driver = cmdWord(printer.driver, `${what}: its driver`);
  if (!/^[A-Za-z0-9.-]{1,253}$/.test(printer.address)) {
    throw new MimeoError('first-boot-text', `${what} is at ${printer.address}, which is no address.`);
  }
  if (printer.name.includes('\\') || printer.name.includes(',')) {
    throw new MimeoError('first-boot-text', `${what} has a backslash or a comma in its name.`);
  }
  const inf = printer.inf === null ? null : `${facts.drive}\\Drivers\\${printer.inf.replaceAll('/', '\\')}`;
  const infWord = inf === null ? '"%SystemRoot%\\inf\\ntprint.inf"' : cmdWord(inf, `${what}: its .inf file`);
  const port = `IP_${printer.address}`;
  const there = `reg query "HKLM\\${PRINT}\\Printers\\${printer.name}" /v Name`;
  const cmdlets =
    facts.generation === 'xp'
      ? ''
      : `powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "%~dp0run.ps1"\n${there}\nif not errorlevel 1 exit 0\n`;
  const script = `@echo off
${there}
if not errorlevel 1 exit 0
${cmdlets}reg import "%~dp0port.reg"
if errorlevel 1 exit 1
${RESTART_SPOOLER}rundll32 printui.dll,PrintUIEntry /if /b ${name} /f ${infWord} /r "${port}" /m ${driver} /u /q
${there}
if not errorlevel 1 exit 0
echo Windows did not add the printer. Its driver may need another name or .inf file.
exit 1
`;
  return {
    name: `Printer ${printer.name}`,
    files: {
      'run.cmd': cmdFile(script),
      'port.reg': portReg(port, printer.address),
      ...(facts.generation === 'xp' ? {} : { 'run.ps1': cmdletScript(printer, inf, port) }),
    },
    timeoutSeconds: 600,
    ...LIMITS,
  };
}

/** As the standard monitor keeps a raw port (9100); a name in the place of the address is looked up by it. */
function portReg(port: string, address: string): Buffer {
  const numeric = /^[0-9.]+$/.test(address);
  return unicodeFile(`${REGISTRY_HEAD}[HKEY_LOCAL_MACHINE\\${PRINT}\\Monitors\\Standard TCP/IP Port\\Ports\\${port}]
"Protocol"=dword:00000001
"Version"=dword:00000001
"HostName"="${numeric ? '' : address}"
"IPAddress"="${numeric ? address : ''}"
"HWAddress"=""
"PortNumber"=dword:0000238c
"SNMP Community"="public"
"SNMP Enabled"=dword:00000000
"SNMP Index"=dword:00000001

`);
}

function cmdletScript(
  printer: Extract<Printer, { kind: 'direct' }>,
  inf: string | null,
  port: string,
): Buffer {
  const text = (value: string): string => powershellString(value, `The printer ${printer.name}`);
  const stage = inf === null ? '' : `pnputil.exe /add-driver ${text(inf)} /install\n`;
  return unicodeFile(`$ErrorActionPreference = 'Stop'
if (-not (Get-Command Add-Printer -ErrorAction SilentlyContinue)) { exit 1 }
${stage}if (-not (Get-PrinterDriver -Name ${text(printer.driver)} -ErrorAction SilentlyContinue)) { Add-PrinterDriver -Name ${text(printer.driver)} }
if (-not (Get-PrinterPort -Name ${text(port)} -ErrorAction SilentlyContinue)) { Add-PrinterPort -Name ${text(port)} -PrinterHostAddress ${text(printer.address)} }
Add-Printer -Name ${text(printer.name)} -DriverName ${text(printer.driver)} -PortName ${text(port)}
`);
}

/**
 * The default printer belongs to each user, and at the first boot there is none: so it goes into the profile that new
 * users start from, as a command of their first logon. Users of a profile that exists keep what they have.
 * On 10 and later Windows would take the printer last used instead; the second value stops that.
 */
export function defaultPrinterStep(printer: Printer, facts: FirstBootFacts): StepScript {
  const target = printer.kind === 'shared' ? printer.path : printer.name;
  const software = 'HKEY_USERS\\MimeoDefault\\Software\\Microsoft';
  const command = `rundll32 printui.dll,PrintUIEntry /y /q /n "${target}"`;
  const reg = `${REGISTRY_HEAD}[${software}\\Windows\\CurrentVersion\\RunOnce]
"MimeoPrinter"=${registryString(command, printer.name)}

[${software}\\Windows NT\\CurrentVersion\\Windows]
"LegacyDefaultPrinterMode"=dword:00000001

`;
  const list = '"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"';
  const find =
    facts.generation === 'xp'
      ? `for /f "tokens=2*" %%a in ('reg query ${list} /v ProfilesDirectory') do call set "HOME=%%b"
for /f "tokens=2*" %%a in ('reg query ${list} /v DefaultUserProfile') do call set "HOME=%HOME%\\%%b"`
      : `for /f "tokens=2*" %%a in ('reg query ${list} /v Default') do call set "HOME=%%b"`;
  const script = `@echo off
set HOME=
${find}
if exist "%HOME%\\NTUSER.DAT" goto found
echo The profile of new users is not at %HOME%.
exit 1
:found
reg unload HKU\\MimeoDefault >nul 2>&1
reg load HKU\\MimeoDefault "%HOME%\\NTUSER.DAT"
if errorlevel 1 exit 1
reg import "%~dp0default.reg"
set CODE=%errorlevel%
reg unload HKU\\MimeoDefault
exit %CODE%
`;
  return {
    name: 'Default printer',
    files: { 'run.cmd': cmdFile(script), 'default.reg': unicodeFile(reg) },
    timeoutSeconds: 300,
    ...LIMITS,
  };
}

function registryString(value: string, printer: string): string {
  return `"${checked(value, printer).replaceAll(/[\\"]/g, '\\$&')}"`;
}

function registryKey(value: string, printer: string): string {
  if (value.includes(']'))
    throw new MimeoError('first-boot-text', `The printer ${printer} has a ] in its path.`);
  return checked(value, printer);
}

function checked(value: string, printer: string): string {
  if (!/\p{Cc}/u.test(value)) return value;
  throw new MimeoError(
    'first-boot-text',
    `The printer ${printer} has a control character in its name or path.`,
  );
}
