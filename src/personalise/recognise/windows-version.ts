import type { WindowsGeneration } from './facts.ts';

/**
 * First builds of clients and of servers, newest first. Sources: Microsoft's "Windows 10 / 11 release information" and
 * "Windows Server release information"; "Operating System Version" of the Windows API for those before.
 */
const CLIENTS: readonly (readonly [number, WindowsGeneration])[] = [
  [22000, '11'],
  [10240, '10'],
  [9600, '8.1'],
  [9200, '8'],
  [7600, '7'],
  [6000, 'vista'],
  [2600, 'xp'],
  [2195, '2000'],
];
const SERVERS: readonly (readonly [number, WindowsGeneration])[] = [
  [26100, '2025'],
  [20348, '2022'],
  [17763, '2019'],
  [14393, '2016'],
  [9600, '2012r2'],
  [9200, '2012'],
  [7600, '2008r2'],
  [6001, '2008'],
  [3790, '2003'],
  [2195, '2000'],
];

/** XP for x64 processors has the build of 2003 and is a client. */
export function generationOf(build: number, isServer: boolean): WindowsGeneration | null {
  return (isServer ? SERVERS : CLIENTS).find(([first]) => build >= first)?.[1] ?? null;
}

/** Windows 11 still writes `Windows 10 …` as its ProductName. */
export function rightProductName(name: string, generation: WindowsGeneration | null): string {
  const plain = name.replace(/^Microsoft /, '');
  return generation === '11' ? plain.replace(/^Windows 10\b/, 'Windows 11') : plain;
}

/** What Windows XP does not say in so many words. */
export function editionOfXp(suite: readonly string[], productName: string): string {
  if (suite.some((one) => one.toLowerCase() === 'personal')) return 'Home';
  return /server/i.test(productName) ? 'Server' : 'Professional';
}
