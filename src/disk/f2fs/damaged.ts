import { MimeoError } from '../../errors.ts';

/** @throws MimeoError `volume-damaged` unless `holds` */
export function expectF2fs(holds: boolean, words: string): asserts holds {
  if (!holds) throw new MimeoError('volume-damaged', `The F2FS volume cannot be understood: ${words}.`);
}
