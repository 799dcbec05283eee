import { randomBytes, randomInt } from 'node:crypto';

/** Letters and digits that nobody mixes up when reading them off a screen across a room. */
const LEGIBLE = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A short id for people to type: `t-7k3m9q`. */
export function newId(prefix: string): string {
  return `${prefix}-${legible(6).toLowerCase()}`;
}

/** A secret of 256 bits for machines. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A code for people, such as `7K3M-9QXA`: 40 bits, and its tries are limited. */
export function newCode(): string {
  return `${legible(4)}-${legible(4)}`;
}

/** How a typed code is compared: case, spaces and dashes do not matter. */
export function normaliseCode(typed: string): string {
  return typed.toUpperCase().replace(/[^0-9A-Z]/g, '');
}

function legible(length: number): string {
  return Array.from({ length }, () => LEGIBLE[randomInt(LEGIBLE.length)]).join('');
}
