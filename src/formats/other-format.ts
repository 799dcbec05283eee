import { MimeoError } from '../errors.ts';
import type { ImportFormatName } from './import.ts';

/** The error for a file that the technician called something else than what it begins like. */
export function otherFormat(path: string, wanted: ImportFormatName, found: string): MimeoError {
  return new MimeoError('import-unsupported', `${path} is not of the format ${wanted}: it is a ${found}.`, {
    next: 'Leave --format away, or name the right one.',
  });
}
