import type { AutoLogon, LocalAccount } from '../settings.ts';
import { vbsText } from './vbs-text.ts';

/** What sysprep.inf cannot say and is done at the end of Mini-Setup. */
export interface SetupScript {
  readonly accounts: readonly LocalAccount[];
  /**
   * Of the built-in administrator, whatever he is called. Mini-Setup sets it only where the image has none (Ref.chm,
   * AdminPassword).
   */
  readonly administratorPassword: string | null;
  /** Of an account that sysprep.inf cannot log on. */
  readonly autoLogon: AutoLogon | null;
  readonly computerName: string;
  /** From the root of the system's drive; made known for devices that are found later. */
  readonly driverPaths: readonly string[];
}

/** Whether there is anything to do. */
export function isNeeded(script: SetupScript): boolean {
  return (
    script.accounts.length > 0 ||
    script.administratorPassword !== null ||
    script.autoLogon !== null ||
    script.driverPaths.length > 0
  );
}

/**
 * A script for cscript, in ASCII. VBScript instead of `net user` in a command file: no password ever stands on a
 * command line, none has to get through cmd.exe's quoting, groups are found by their SIDs whatever language Windows
 * speaks, and it is on every Windows 2000 to 2003. It may run twice. At its end it removes itself; Mini-Setup removes
 * the folder around it. What failed stands in C:\Mimeo\setup.log, without passwords.
 */
export function setupScript(script: SetupScript): Buffer {
  const { accounts, administratorPassword, autoLogon, computerName, driverPaths } = script;
  const calls = [
    ...(administratorPassword === null ? [] : [`SetAdministrator ${vbsText(administratorPassword)}`]),
    ...accounts.map(
      ({ name, fullName, password, administrator }) =>
        `MakeAccount ${vbsText(name)}, ${vbsText(fullName ?? '')}, ${vbsText(password)}, ${administrator ? 'True' : 'False'}`,
    ),
    ...(autoLogon === null
      ? []
      : [
          `LogOn ${vbsText(autoLogon.account)}, ${vbsText(computerName)}, ${vbsText(autoLogon.password)}, ${autoLogon.count}`,
        ]),
    ...driverPaths.map((path) => `AddDriverPath ${vbsText(path)}`),
  ];
  return Buffer.from([HEAD, ...calls, TAIL, ''].join('\n').replaceAll('\n', '\r\n'), 'latin1');
}

const HEAD = `' Made by Mimeo for this host; run once by Mini-Setup. Each procedure has an On Error of its own: without it an
' error would end the procedure, and in a condition lead into its branch.
Option Explicit
Dim shell, files, failures
Set shell = CreateObject("WScript.Shell")
Set files = CreateObject("Scripting.FileSystemObject")
failures = 0
On Error Resume Next`;

const TAIL = `files.DeleteFile WScript.ScriptFullName, True
WScript.Quit failures

' An account that is there already only gets its password and groups.
Sub MakeAccount(name, fullName, password, administrator)
  Dim user
  On Error Resume Next
  Set user = Nothing
  Set user = GetObject("WinNT://./" & name & ",user")
  If Err.Number <> 0 Then
    Err.Clear
    Set user = GetObject("WinNT://.,computer").Create("user", name)
  End If
  user.SetPassword password
  If fullName <> "" Then user.FullName = fullName
  user.SetInfo
  If Failed("account " & name) Then Exit Sub
  NeverExpires user
  Join user, 545, "users"
  If administrator Then Join user, 544, "administrators"
End Sub

' By its number, 500: it has another name in many languages, or was renamed.
Sub SetAdministrator(password)
  Dim computer, user
  On Error Resume Next
  Set computer = GetObject("WinNT://.,computer")
  computer.Filter = Array("user")
  For Each user In computer
    If LastOfSid(user) = 500 Then
      user.SetPassword password
      user.SetInfo
      Failed "the administrator's password"
      Exit Sub
    End If
  Next
  Note "there is no administrator"
End Sub

Sub Join(user, number, words)
  Dim computer, group
  On Error Resume Next
  Set computer = GetObject("WinNT://.,computer")
  computer.Filter = Array("group")
  For Each group In computer
    If LastOfSid(group) = number Then
      If Not group.IsMember(user.ADsPath) Then group.Add user.ADsPath
      Failed words & ": " & user.Name
      Exit Sub
    End If
  Next
  Note "there is no group of " & words
End Sub

' ADS_UF_DONT_EXPIRE_PASSWD: a whole lab would be asked for a new one after 42 days.
Sub NeverExpires(user)
  On Error Resume Next
  user.GetInfo
  user.Put "UserFlags", user.Get("UserFlags") Or 65536
  user.SetInfo
  Failed "password of " & user.Name & " that does not expire"
End Sub

Function LastOfSid(thing)
  Dim sid, at
  On Error Resume Next
  LastOfSid = -1
  sid = thing.Get("objectSid")
  at = LenB(sid) - 3
  If at > 8 Then LastOfSid = AscB(MidB(sid, at, 1)) + 256 * AscB(MidB(sid, at + 1, 1))
End Function

Sub LogOn(name, computerName, password, count)
  On Error Resume Next
  Const KEY = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\"
  shell.RegWrite KEY & "DefaultUserName", name, "REG_SZ"
  shell.RegWrite KEY & "DefaultDomainName", computerName, "REG_SZ"
  shell.RegWrite KEY & "DefaultPassword", password, "REG_SZ"
  shell.RegWrite KEY & "AutoLogonCount", count, "REG_DWORD"
  shell.RegWrite KEY & "AutoAdminLogon", "1", "REG_SZ"
  Failed "automatic logon of " & name
End Sub

Sub AddDriverPath(path)
  On Error Resume Next
  Const KEY = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\DevicePath"
  Dim list
  list = shell.RegRead(KEY)
  If Err.Number <> 0 Then list = "%SystemRoot%\\inf"
  Err.Clear
  If InStr(1, ";" & list & ";", "\\" & path & ";", 1) = 0 Then
    shell.RegWrite KEY, list & ";%SystemDrive%\\" & path, "REG_EXPAND_SZ"
    Failed "folder of drivers " & path
  End If
End Sub

Function Failed(words)
  Failed = Err.Number <> 0
  If Failed Then Note words & ": error " & Hex(Err.Number) & " " & Err.Description
  Err.Clear
End Function

Sub Note(words)
  Dim log
  failures = failures + 1
  If Not files.FolderExists("C:\\Mimeo") Then files.CreateFolder "C:\\Mimeo"
  Set log = files.OpenTextFile("C:\\Mimeo\\setup.log", 8, True, -1)
  log.WriteLine words
  log.Close
End Sub`;
