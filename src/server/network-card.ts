import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { MimeoError } from '../errors.ts';

/** A network card of this machine with the IPv4 address we serve on. */
export interface NetworkCard {
  readonly name: string;
  readonly address: string;
  readonly netmask: string;
}

/**
 * The card to serve: the one that was named, else that of the default route, else the only one.
 *
 * @throws MimeoError `network-card` naming the cards there are
 */
export function chooseCard(named: string | null): NetworkCard {
  const cards = listCards();
  const there =
    cards.map((card) => `${card.name} (${card.address})`).join(', ') || 'none with an IPv4 address';
  const wanted = named ?? defaultRouteCard(readFileSync('/proc/net/route', 'utf8'));
  const card =
    wanted === null ? (cards.length === 1 ? cards[0] : undefined) : cards.find(({ name }) => name === wanted);
  if (card) return card;
  throw new MimeoError(
    'network-card',
    named === null
      ? `It is not clear which network card to serve. There are: ${there}.`
      : `There is no network card ${named} with an IPv4 address. There are: ${there}.`,
  );
}

function listCards(): NetworkCard[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) => {
    const first = addresses?.find((one) => one.family === 'IPv4' && !one.internal);
    return first ? [{ name, address: first.address, netmask: first.netmask }] : [];
  });
}

/** The interface of the default route in the text of /proc/net/route; null when there is none. */
export function defaultRouteCard(text: string): string | null {
  for (const line of text.split('\n').slice(1)) {
    const [name, destination, , , , , , mask] = line.split('\t');
    if (name !== undefined && destination === '00000000' && mask === '00000000') return name;
  }
  return null;
}
