import type { LocalBootWay } from '../quirks.ts';
import { setting } from './text.ts';

/**
 * The commands that leave iPXE for the host's own disk; nothing after them runs.
 *
 * @param way the quirk row's way, or `any` where the firmware is not known yet and iPXE tells it itself
 */
export function ownDiskLines(way: LocalBootWay | 'any'): string[] {
  switch (way) {
    case 'any':
      return [
        `iseq ${setting('platform')} efi && exit 1 ||`,
        'sanboot --no-describe --drive 0x80 ||',
        'echo Mimeo: the first disk did not start; the firmware tries the next boot device.',
        'exit 1',
      ];
    case 'sanboot':
      return [
        'sanboot --no-describe --drive 0x80 ||',
        'echo Mimeo: the first disk did not start; the firmware tries the next boot device.',
        'exit 1',
      ];
    case 'sanboot-efi':
      return ['sanboot --no-describe --drive 0 ||', 'exit 1'];
    case 'exit-error':
      return ['exit 1'];
    case 'exit-success':
      return ['exit 0'];
  }
}
