import type { HostRow } from '../db/index.ts';

/**
 * What the placeholders of the share's files stand for: `{{host.name}}` and so on. The names are listed in
 * docs/personalise-xp.md.
 */
export function fieldsOf(
  host: HostRow,
  order: { readonly name: string; readonly image: string; readonly version: number | null },
): Record<string, string> {
  return {
    'host.name': order.name,
    'host.mac': host.macs[0] ?? '',
    'host.serial': host.serial ?? '',
    'host.uuid': host.uuid ?? '',
    'lab.name': host.lab ?? '',
    'image.name': order.image,
    'image.version': String(order.version ?? ''),
  };
}
