import type { ImageUsesView } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { renderDamaged, renderImages } from './images.ts';

/** Lines of the manifest that a screen has room for. */
const SHOWN = 10;

/** What would be deleted, and who would notice. */
export function renderUses({ versions, damaged, assigned, labels }: ImageUsesView, paint: Paint): string[] {
  const more = assigned.length - SHOWN;
  return [
    ...(versions.length === 0 ? [] : renderImages(versions, paint)),
    ...renderDamaged(damaged, paint),
    ...(labels.length === 0 ? [] : [`Its labels go too: ${labels.join(', ')}.`]),
    ...assigned
      .slice(0, SHOWN)
      .map(({ host, reference, afterwards }) =>
        afterwards === null
          ? `${paint('! the manifest', 'red')} gives ${host} ${reference}, which would mean nothing any more`
          : `! the manifest gives ${host} ${reference}, which would mean ${afterwards} then`,
      ),
    ...(more > 0 ? [`! and so with ${more} more machines`] : []),
  ];
}
