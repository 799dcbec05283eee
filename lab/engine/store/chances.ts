import type { Chance } from './disk-log.ts';

const FATES = ['kept', 'lost', 'torn', 'zeros'] as const;

/** Everything that was not synced is lost. */
export const NOTHING_KEPT: Chance = { name: () => false, content: () => 'lost', tear: () => 0 };
/** Everything that was done is kept. */
export const ALL_KEPT: Chance = { name: () => true, content: () => 'kept', tear: () => 1 };
/** Every name is kept, and no content that was not synced: what a filesystem without ordered data leaves. */
export const ONLY_NAMES: Chance = { name: () => true, content: () => 'zeros', tear: () => 0 };

/** Any combination, the same for the same seed. */
export function randomChance(seed: number): Chance {
  let state = (seed * 2_654_435_761) >>> 0;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const keeps = draw();
  return {
    name: () => draw() < keeps,
    content: () => FATES[Math.floor(draw() * FATES.length)] ?? 'lost',
    tear: draw,
  };
}
