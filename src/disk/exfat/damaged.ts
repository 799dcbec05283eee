import { MimeoError } from '../../errors.ts';

/** @throws MimeoError `volume-damaged` unless `holds` */
export function expectExfat(holds: boolean, words: string): asserts holds {
  if (!holds) throw new MimeoError('volume-damaged', `The exFAT volume makes no sense: ${words}.`);
}
