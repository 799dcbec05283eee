import { writeAssignment } from './assignments.ts';
import { isDebianLike } from './facts.ts';
import { type Keyboard, keyboardOf } from './keyboard-table.ts';
import type { Planner } from './part.ts';
import { textOf, writeText } from './tree.ts';

const DEBIAN = '/etc/default/keyboard';
const SYSTEMD = '/etc/vconsole.conf';

/**
 * The keyboard of console and desktop. A Debian's console reads its file at each boot; the keymap inside its initramfs
 * (asked for a disk's password) stays as it is until the next kernel.
 */
export const keyboard: Planner = {
  paths: () => [DEBIAN, SYSTEMD],
  plan: ({ settings: { region }, facts, view }) => {
    if (region.keyboard === null) return {};
    if (/^[0-9a-f]{4}:[0-9a-f]{8}$/i.test(region.keyboard)) {
      return {
        warnings: [
          `The keyboard ${region.keyboard} is Windows' own way to name one; the image keeps its own.`,
        ],
      };
    }
    const found = keyboardOf(region.keyboard);
    if (found === null) {
      return { warnings: [`No keyboard is known for ${region.keyboard}; the image keeps its own.`] };
    }
    const path = isDebianLike(facts) ? DEBIAN : SYSTEMD;
    const before = textOf(view, path) ?? '';
    const after = (isDebianLike(facts) ? debian : systemd)(before, found);
    return {
      edits: after === before ? [] : [writeText(view, path, after, `the keyboard of ${region.keyboard}`)],
    };
  },
};

/** keyboard(5) of Debian's keyboard-configuration. */
function debian(text: string, { layout, variant, options }: Keyboard): string {
  const whole =
    text === ''
      ? 'XKBMODEL="pc105"\nXKBLAYOUT=""\nXKBVARIANT=""\nXKBOPTIONS=""\n\nBACKSPACE="guess"\n'
      : text;
  const named = writeAssignment(writeAssignment(whole, 'XKBLAYOUT', layout), 'XKBVARIANT', variant);
  return options === '' ? named : writeAssignment(named, 'XKBOPTIONS', options);
}

/** vconsole.conf(5); the XKB keys are read by systemd 255 and later, and passed over by older ones. */
function systemd(text: string, { layout, variant, options, keymap }: Keyboard): string {
  const named = writeAssignment(writeAssignment(text, 'KEYMAP', keymap), 'XKBLAYOUT', layout);
  const varied = variant === '' ? named : writeAssignment(named, 'XKBVARIANT', variant);
  return options === '' ? varied : writeAssignment(varied, 'XKBOPTIONS', options);
}
