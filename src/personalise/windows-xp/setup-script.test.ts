import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withLogonCommands, withSetupCommands } from './setup-commands.ts';
import { isNeeded, setupScript } from './setup-script.ts';
import { vbsText } from './vbs-text.ts';

const nothing = {
  accounts: [],
  administratorPassword: null,
  autoLogon: null,
  computerName: 'R101-PC05',
  driverPaths: [],
};

/** Reads an expression of strings and ChrW as VBScript does. */
function evaluate(expression: string): string {
  return expression
    .split(/ & (?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((part) => {
      const number = /^ChrW\((\d+)\)$/.exec(part)?.[1];
      if (number !== undefined) return String.fromCharCode(Number(number));
      assert.match(part, /^"(?:[\x20\x21\x23-\x7e]|"")*"$/);
      return part.slice(1, -1).replaceAll('""', '"');
    })
    .join('');
}

test('any text is carried by ASCII alone and means the same in VBScript', () => {
  assert.equal(vbsText(''), '""');
  assert.equal(vbsText('a "b"\nü'), '"a ""b""" & ChrW(10) & ChrW(252)');
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '"', ' & ', 'ü', '名', '\n', '\ud83d', '(') }),
      (text) => assert.equal(evaluate(vbsText(text)), text),
    ),
  );
});

test('a script of ASCII lines with a call for each wish, or none at all', () => {
  assert.equal(isNeeded(nothing), false);
  const script = setupScript({
    ...nothing,
    accounts: [{ name: 'Jürgen', fullName: null, password: 'p"w', administrator: true }],
    driverPaths: ['Drivers\\a'],
  }).toString('latin1');
  assert.match(script, /^[\x20-\x7e\r\n]*$/);
  assert.equal(script.split('\n').length, script.split('\r\n').length);
  assert.ok(script.includes('\r\nMakeAccount "J" & ChrW(252) & "rgen", "", "p""w", True\r\n'));
  assert.ok(script.includes('\r\nAddDriverPath "Drivers\\a"\r\n'));
  assert.doesNotMatch(script, /^(?:SetAdministrator|LogOn) /m);
});

test('every procedure minds its own errors', () => {
  const script = setupScript({ ...nothing, administratorPassword: 'x' }).toString('latin1');
  const procedures = [...script.matchAll(/^(?:Sub|Function) (\w+).*?^End (?:Sub|Function)/gms)];
  const without = procedures
    .filter(([body]) => !body.includes('On Error Resume Next'))
    .map(([, name]) => name);
  assert.deepEqual(without, ['Failed', 'Note'], 'these two read and tell the error of their caller');
});

test('quotation marks in a command are doubled, in both lists; ours are replaced, others stay', () => {
  const first = 'cmd.exe /d /c "C:\\Mimeo\\first-boot\\register.cmd"';
  const theirs = '[Commands]\r\n"rundll32 theirs"\r\n';
  const written = withSetupCommands(theirs, [first]);
  assert.equal(written, `${theirs}"cmd.exe /d /c ""C:\\Mimeo\\first-boot\\register.cmd"""\r\n`);
  for (const same of [written, `${written}"behind ours"\r\n`]) {
    assert.equal(withSetupCommands(same, [first]), same);
  }
  assert.equal(
    withSetupCommands(`${theirs}"cmd /c C:\\Mimeo\\first-boot\\old.cmd"\r\n`, ['x.exe']),
    `${theirs}"x.exe"\r\n`,
  );
  const logon = withLogonCommands('[GuiRunOnce]\r\nCommand7="a"\r\n', [first]);
  assert.equal(logon.split('\r\n')[2], 'Command8="cmd.exe /d /c ""C:\\Mimeo\\first-boot\\register.cmd"""');
  assert.equal(withLogonCommands(logon, [first]), logon);
  assert.equal(withLogonCommands(logon, ['x.exe']), '[GuiRunOnce]\r\nCommand7="a"\r\nCommand8="x.exe"\r\n');
  const old = '[GuiRunOnce]\r\nCommand0="regedit /s C:\\Mimeo\\01-a.reg"\r\n';
  assert.equal(withLogonCommands(old, []), '[GuiRunOnce]\r\n');
});
