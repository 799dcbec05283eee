import type { Planner } from './part.ts';
import { resolvePath, textOf, writeText } from './tree.ts';

const MACHINE_ID = '/etc/machine-id';
const DBUS_ID = '/var/lib/dbus/machine-id';

/**
 * An empty /etc/machine-id, which systemd fills at the next boot. It is kept as a file: without it, or with the word
 * `uninitialized`, systemd would take the boot for the first one ever and switch services to its presets
 * (machine-id(5), "First Boot Semantics"). D-Bus' copy becomes a link to it.
 */
export const machineId: Planner = {
  paths: () => [MACHINE_ID, DBUS_ID],
  plan: ({ facts, view }) => {
    const now = textOf(view, MACHINE_ID);
    const dbus = resolvePath(view, DBUS_ID, false);
    const isCopy = dbus.entry?.kind === 'file' && dbus.entry.target === undefined;
    if (now === null && facts.init !== 'systemd') {
      return isCopy
        ? { edits: [{ kind: 'removal', path: dbus.path, why: "the master's id", secret: false }] }
        : {};
    }
    return {
      edits: [
        writeText(view, MACHINE_ID, '', 'empty, so that the host makes its own id', 0o444),
        ...(isCopy
          ? [
              {
                kind: 'link' as const,
                path: dbus.path,
                before: null,
                target: MACHINE_ID,
                why: 'the same id for D-Bus',
              },
            ]
          : []),
      ],
    };
  },
};
