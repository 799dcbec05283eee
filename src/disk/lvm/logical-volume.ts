import { damaged } from './damaged.ts';
import type { LvmSection, LvmValue } from './metadata-text.ts';
import { listIn, numberIn, sectionsIn, textIn } from './typed-values.ts';

/** A run of extents. */
export interface ExtentRun {
  readonly first: number;
  readonly count: number;
}

/** A logical volume, as far as it lies on one physical volume. */
export interface LogicalVolume {
  readonly name: string;
  /** Everything it has of this physical volume, in its own order. */
  readonly extents: readonly ExtentRun[];
  /** Whether `extents` one after the other are its whole content, and nothing else uses them. */
  readonly plain: boolean;
}

/** What the physical volumes of a group are called in its text. */
export interface PvNames {
  readonly own: string;
  readonly all: ReadonlySet<string>;
}

const PLAIN_STATUS = new Set<LvmValue>(['READ', 'WRITE', 'VISIBLE', 'FIXED_MINOR']);
const PLAIN_FLAGS = new Set<LvmValue>(['ACTIVATION_SKIP']);

/**
 * @param inner whether another logical volume is made of this one
 * @throws MimeoError `volume-damaged`
 */
export function parseLogicalVolume(
  name: string,
  lv: LvmSection,
  pvs: PvNames,
  inner: boolean,
): LogicalVolume {
  const status = listIn(lv, 'status');
  let plain =
    !inner &&
    status.includes('VISIBLE') &&
    status.every((word) => PLAIN_STATUS.has(word)) &&
    listIn(lv, 'flags').every((word) => PLAIN_FLAGS.has(word));
  const extents: ExtentRun[] = [];
  let next = 0;
  for (const segment of segmentsOf(lv)) {
    const count = numberIn(segment, 'extent_count');
    const stripes = stripesOf(segment);
    if (stripes === null) {
      // Of other kinds we only know that they are made of logical volumes, not what they keep where.
      if (wordsOf(segment).some((word) => pvs.all.has(word))) {
        throw damaged(`${name} is a ${textIn(segment, 'type')} volume right on its disks`);
      }
      plain = false;
      continue;
    }
    plain &&= stripes.length === 1 && numberIn(segment, 'start_extent') === next;
    next += count;
    for (const { device, first } of stripes) {
      if (device === pvs.own) extents.push({ first, count: Math.ceil(count / stripes.length) });
      else plain = false;
    }
  }
  return { name, extents, plain: plain && extents.length > 0 };
}

/** The names of all logical volumes that this one is made of or belongs to. */
export function refersTo(lv: LvmSection, pvs: PvNames): string[] {
  return [...segmentsOf(lv)]
    .flatMap((segment) => stripesOf(segment)?.map(({ device }) => device) ?? wordsOf(segment))
    .filter((word) => !pvs.all.has(word));
}

function segmentsOf(lv: LvmSection): LvmSection[] {
  return [...sectionsIn(lv)]
    .filter(([name]) => /^segment\d+$/.test(name))
    .map(([, segment]) => segment)
    .sort((a, b) => numberIn(a, 'start_extent') - numberIn(b, 'start_extent'));
}

interface Stripe {
  readonly device: string;
  readonly first: number;
}

/** Pairs of device and first extent; null for a segment of another kind. One stripe is a linear segment. */
function stripesOf(segment: LvmSection): Stripe[] | null {
  if (textIn(segment, 'type') !== 'striped') return null;
  const list = listIn(segment, 'stripes');
  const stripes: Stripe[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) {
    const [device, first] = [list[i], list[i + 1]];
    if (typeof device !== 'string' || typeof first !== 'number') throw damaged('stripes make no sense');
    stripes.push({ device, first });
  }
  if (stripes.length === 0 || stripes.length !== numberIn(segment, 'stripe_count')) {
    throw damaged('stripes make no sense');
  }
  return stripes;
}

/** All texts in a segment, but for its type. */
function wordsOf(section: LvmSection): string[] {
  const words = (value: LvmValue): string[] => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'number') return [];
    return value instanceof Map ? wordsOf(value) : [...(value as readonly LvmValue[])].flatMap(words);
  };
  return [...section].filter(([key]) => key !== 'type').flatMap(([, value]) => words(value));
}
