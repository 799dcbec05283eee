import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import { checkSysprepInf } from './check-sysprep-inf.ts';

/** Forms that people's files have, in our words. */
const FORMS: Readonly<Record<string, string>> = {
  'a licence in front, with # for a comment':
    '# Ours\n# (the "File")\n;SetupMgrTag\n[Unattended]\n    OemSkipEula=yes\n',
  'placeholders of some other tool':
    '[UserData]\r\nComputerName=[LAB][SEAT]\r\nProductKey=%KEY%\r\nFullName=$name\r\n',
  'sections and keys in any case, twice':
    '[USERDATA]\nCOMPUTERNAME=A\n[userdata]\ncomputername=B\nFullname="x"\n',
  'a line that is no entry':
    '[Unattended]\r\nFileSystem-ConvertNTFS\r\nNoWait\r\n[UserData]\r\nComputerName = "*" \r\n',
  'a backslash at the end':
    '[Unattended]\r\nInstallFilesPath=C:\\sysprep\\\r\nTargetPath=\\WINDOWS\r\n[Identification]\r\nJoinWorkgroup = LAB\\\r\n',
  'a quote that is never closed':
    '[GuiUnattended]\r\nAdminPassword="half ; open\r\nTimeZone=020 ; Chicago\r\n[GuiRunOnce]\r\nCommand0="wmic %x%\\"\r\n',
  'quotes in quotes': '[GuiRunOnce]\r\nCommand0="cmd /c ""C:\\a b\\c.exe"" --d "e f" && exit 1"\r\n',
  'lists in their ways':
    '[RegionalSettings]\r\nLanguageGroup="1","9"\r\nLanguage="0409"\r\n[Unattended]\r\nOemPnPDriversPath=%SystemDrive%\\a;%SystemDrive%\\b\r\n',
  'a comment in place of a value': '[UserData]\r\nOrgName= ;none\r\nFullName=;\r\nComputerName="";\r\n',
  'no line end at the end, and Ctrl-Z': '[Data]\r\nAutoPartition=0\r\n\r\n[UserData]\r\nComputerName=*\u001a',
  'line ends of two kinds': '[UserData]\r\nComputerName=*\n\n[Identification]\n\tJoinWorkgroup=LAB\r\n',
  nothing: '',
};

test('forms that people write keep everything but the value', () => {
  for (const [what, text] of Object.entries(FORMS)) {
    for (const bytes of [Buffer.from(text, 'latin1'), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      assert.doesNotThrow(() => checkSysprepInf(bytes, 'sysprep.inf'), what);
    }
  }
});

test('what Windows cannot read either is refused', () => {
  for (const bytes of [
    Buffer.from('\ufeff[A]\r\n', 'utf16le').swap16(),
    Buffer.from('\ufeff[A]', 'utf16le').subarray(0, 5),
  ]) {
    assert.throws(
      () => checkSysprepInf(bytes, 'sysprep.inf'),
      (error) => error instanceof MimeoError && error.code === 'sysprep-inf-invalid',
    );
  }
});
