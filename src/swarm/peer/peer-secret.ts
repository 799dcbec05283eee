import { createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto';
import { MimeoError } from '../../errors.ts';

/** An X25519 key pair; it lives as long as the program that made it. */
export interface KeyPair {
  /** 32 bytes in base64url, 43 characters. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

const SECRET_BYTES = 32;
const PURPOSE = 'mimeo peer secret 1';

export function newKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const { x } = publicKey.export({ format: 'jwk' });
  if (x === undefined) throw new Error('an X25519 key has no public part');
  return { publicKey: x, privateKey };
}

/**
 * What only the owners of the two keys can compute, in either role: X25519 (RFC 7748), then HKDF-SHA256 (RFC 5869)
 * over both public keys and the context.
 *
 * @param theirs the other's public key in base64url
 * @param context says what the secret is for, e.g. the id of the host; both sides give the same
 * @returns 32 bytes
 * @throws MimeoError `agent-protocol` when `theirs` is no usable X25519 key
 */
export function agreeSecret(own: KeyPair, theirs: string, context: string): Buffer {
  const raw = Buffer.from(theirs, 'base64url');
  if (raw.length !== 32) throw unusable(`it has ${raw.length} bytes instead of 32`);
  let shared: Buffer;
  try {
    const publicKey = createPublicKey({
      key: { kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') },
      format: 'jwk',
    });
    // OpenSSL refuses the few points that make every secret the same.
    shared = diffieHellman({ privateKey: own.privateKey, publicKey });
  } catch (thrown) {
    throw unusable(thrown instanceof Error ? thrown.message : String(thrown));
  }
  const keys = [Buffer.from(own.publicKey, 'base64url'), raw].toSorted((a, b) => a.compare(b));
  const info = Buffer.concat([Buffer.from(PURPOSE), ...keys, Buffer.from(context)]);
  return Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), info, SECRET_BYTES));
}

function unusable(words: string): MimeoError {
  return new MimeoError('agent-protocol', `The public key of the other side cannot be used: ${words}.`);
}
