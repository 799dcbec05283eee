import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** For a test's options: skipped, with the reason, where one of these programs is not installed. */
export function hasTools(...tools: string[]): { skip: string | false } {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  const missing = tools.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
  return { skip: missing.length > 0 && `not installed: ${missing.join(', ')}` };
}
