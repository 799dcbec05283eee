import { MimeoError } from '../../errors.ts';

/** @throws MimeoError `volume-damaged` unless `holds` */
export function expectBtrfs(holds: boolean, words: string): asserts holds {
  if (!holds) throw new MimeoError('volume-damaged', `The btrfs volume cannot be understood: ${words}.`);
}
