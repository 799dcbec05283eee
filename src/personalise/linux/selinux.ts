import type { Planner } from './part.ts';
import { writeText } from './tree.ts';

const AUTORELABEL = '/.autorelabel';

/**
 * Files made from outside carry no SELinux label, and an enforcing system may not read its own new units. So the whole
 * system is labelled at the first start, by the distribution's own service, which restarts the host when it is done.
 */
export const selinux: Planner = {
  paths: () => [AUTORELABEL],
  plan: ({ facts, view }) => {
    if (facts.selinux !== 'enforcing' && facts.selinux !== 'permissive') return {};
    return {
      edits: [writeText(view, AUTORELABEL, '', 'new files get their SELinux labels')],
      warnings: [
        'SELinux labels all files at the first start, which takes some minutes and one restart more.',
      ],
    };
  },
};
