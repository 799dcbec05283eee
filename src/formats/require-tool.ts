import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { MimeoError } from '../errors.ts';

/** Whether a program is installed: in the PATH, or where Debian keeps an administrator's programs. */
export async function hasTool(program: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    const there = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return true;
  }
  return false;
}

/** @throws MimeoError `import-tool-missing` with the Debian package that brings it */
export async function requireTool(program: string, debian: string): Promise<void> {
  if (await hasTool(program)) return;
  throw new MimeoError('import-tool-missing', `${program} is not installed, and this needs it.`, {
    next: `Install it with: apt install ${debian}`,
  });
}
