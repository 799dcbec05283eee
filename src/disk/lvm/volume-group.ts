import { damaged } from './damaged.ts';
import { type LogicalVolume, parseLogicalVolume, refersTo } from './logical-volume.ts';
import { parseLvmText } from './metadata-text.ts';
import { numberIn, sectionIn, sectionsIn, textIn } from './typed-values.ts';

/** LVM counts in sectors of this size, whatever the device has. */
const SECTOR = 512;

/** A volume group, as far as it lies on one physical volume. Extents are numbered from the start of that. */
export interface VolumeGroup {
  readonly name: string;
  /** Of the text; the higher number is the newer one. */
  readonly sequence: number;
  readonly extentBytes: number;
  /** Where extent 0 starts, from the volume's start. */
  readonly extentsAt: number;
  readonly extents: number;
  readonly volumes: readonly LogicalVolume[];
}

/**
 * @param pvId which physical volume is looked at, without dashes
 * @throws MimeoError `volume-damaged`
 */
export function parseVolumeGroup(text: string, pvId: string): VolumeGroup {
  const found = [...sectionsIn(parseLvmText(text))].find(([, section]) => section.has('physical_volumes'));
  if (found === undefined) throw damaged('its text describes no group');
  const [name, group] = found;
  const pvs = [...sectionsIn(sectionIn(group, 'physical_volumes'))];
  const own = pvs.find(([, pv]) => textIn(pv, 'id').replaceAll('-', '') === pvId);
  if (own === undefined) throw damaged(`the group ${name} does not know this volume`);
  const [ownName, pv] = own;
  const names = { own: ownName, all: new Set(pvs.map(([each]) => each)) };
  const lvs = group.has('logical_volumes') ? [...sectionsIn(sectionIn(group, 'logical_volumes'))] : [];
  const inner = new Set(lvs.flatMap(([, lv]) => refersTo(lv, names)));
  return {
    name,
    sequence: numberIn(group, 'seqno'),
    extentBytes: numberIn(group, 'extent_size') * SECTOR,
    extentsAt: numberIn(pv, 'pe_start') * SECTOR,
    extents: numberIn(pv, 'pe_count'),
    volumes: lvs.map(([each, lv]) => parseLogicalVolume(each, lv, names, inner.has(each))),
  };
}
