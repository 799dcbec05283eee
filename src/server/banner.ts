import type { EventRow } from '../db/index.ts';
import type { RunningFacts } from './mimeo-server.ts';
import type { ServerOptions } from './options.ts';
import type { SiteDhcp } from './site-dhcp.ts';

/**
 * What the console shows when the server is up: where it is, what it found, what to do next.
 *
 * @param dhcp null while the site's DHCP servers have not answered yet
 */
export function banner(facts: RunningFacts, options: ServerOptions, dhcp: SiteDhcp | null): string {
  const machines = count(facts.manifestRows, 'machine');
  const problems = count(facts.manifestProblems, 'problem');
  const manifest = facts.manifestProblems > 0 ? `${machines}, ${problems} (mimeo manifest check)` : machines;
  return [
    `Mimeo ${facts.version} is ready on ${facts.httpBase}`,
    '',
    `  network card    ${facts.interface} (${facts.address})`,
    ...(dhcp === null ? ['  DHCP server     no answer yet; what is found is told below'] : dhcpLines(dhcp)),
    `  share           ${options.data}/share (manifest.csv: ${manifest})`,
    `  images          ${facts.images}`,
    `  one-time code   ${facts.claimCode}`,
    '',
    'What to do next',
    ...(facts.images === 0
      ? [
          '  1. Sysprep a master, switch it off, set it to network boot and switch it on: it asks at its screen.',
          '  2. Make the code it asks for:   mimeo code',
          '     or capture it from here:     mimeo capture HOST NAME',
          '     or bring an image you have:  mimeo image import PATH --name NAME',
        ]
      : [
          '  1. Put the machines into manifest.csv (mac,image,name,lab), or let them ask at their screens.',
          '  2. Open a deployment:           mimeo deploy all --for 8h',
          '  3. Switch the machines on and watch:  mimeo status --watch',
        ]),
    `  From another machine:           mimeo login ${facts.httpBase} (with the one-time code)`,
    '  Ctrl-C stops the server.',
    '',
  ].join('\n');
}

/** The lines on the site's own DHCP servers. */
export function dhcpLines({ servers, warning }: SiteDhcp): string[] {
  const words =
    servers.length > 0
      ? `${servers.join(', ')} (left as it is; Mimeo answers beside it)`
      : 'NONE ANSWERED: hosts get no address without one. Check the cable and the network card.';
  return [`  DHCP server     ${words}`, ...(warning === null ? [] : [`                  ! ${warning}`])];
}

/** One event as a line of the console: time, words. Null for what would only be noise there. */
export function consoleLine(event: EventRow): string | null {
  if (event.kind === 'netboot' && event.level === 'info') return null;
  const time = new Date(event.at).toTimeString().slice(0, 8);
  const mark = event.level === 'info' ? ' ' : event.level === 'warning' ? '!' : 'X';
  return `${time} ${mark} ${event.words}`;
}

function count(many: number, thing: string): string {
  return many === 1 ? `1 ${thing}` : `${many} ${thing}s`;
}
