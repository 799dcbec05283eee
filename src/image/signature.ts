import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { MimeoError } from '../errors.ts';

/** An Ed25519 public key: 32 raw bytes as base64url (43 characters), as it stands on a kernel command line. */
export type PublicKey = string;

/** The first bytes of the trailer that carries a signature. */
const TRAILER_MAGIC = Buffer.from('MIMEOSIG', 'latin1');
const ED25519 = 1;
const KEY_ID_BYTES = 8;
const SIGNATURE_BYTES = 64;
/** Magic, algorithm, key id, signature. */
export const TRAILER_BYTES = TRAILER_MAGIC.length + 1 + KEY_ID_BYTES + SIGNATURE_BYTES;

/** A new key that signs indexes. */
export function generateSigningKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

/** A private key as PEM (PKCS #8), to be kept in a file only its owner may read. */
export function exportSigningKey(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** @throws MimeoError `index-untrusted` when the text is not a PEM Ed25519 private key */
export function importSigningKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below in our own words; the library's may quote the key.
  }
  throw new MimeoError('index-untrusted', 'The signing key is not an Ed25519 private key in PEM form.', {
    next: 'Put the key file back from a backup; a new key means that older images are no longer trusted.',
  });
}

/** The public half of a private key. */
export function publicKeyOf(privateKey: KeyObject): PublicKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new MimeoError('internal', 'the signing key has no public half');
  return x;
}

/** Names a key in a trailer: the first 16 hex digits of the SHA-256 of its 32 raw bytes. */
export function keyIdOf(publicKey: PublicKey): string {
  return createHash('sha256')
    .update(Buffer.from(publicKey, 'base64url'))
    .digest('hex')
    .slice(0, KEY_ID_BYTES * 2);
}

/** An encoded index with a signature appended. */
export function signIndex(bytes: Uint8Array, privateKey: KeyObject): Buffer {
  const keyId = Buffer.from(keyIdOf(publicKeyOf(privateKey)), 'hex');
  const signature = sign(null, bytes, privateKey);
  return Buffer.concat([bytes, TRAILER_MAGIC, Buffer.from([ED25519]), keyId, signature]);
}

/**
 * Checks the signature of a signed index.
 * @param publicKeys the keys that are trusted
 * @returns the encoded index without the trailer (a view)
 * @throws MimeoError `index-damaged` when there is no signature or it does not match, `index-untrusted`
 * when a key that is not trusted made it
 */
export function verifyIndex(bytes: Uint8Array, publicKeys: readonly PublicKey[]): Buffer {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = buffer.length - TRAILER_BYTES;
  if (at < 0 || !buffer.subarray(at, at + TRAILER_MAGIC.length).equals(TRAILER_MAGIC)) {
    throw new MimeoError('index-damaged', 'The index has no signature at its end.');
  }
  const algorithm = buffer[at + TRAILER_MAGIC.length];
  if (algorithm !== ED25519) {
    throw new MimeoError('index-damaged', `The index is signed by an unknown method (${algorithm}).`);
  }
  const keyIdAt = at + TRAILER_MAGIC.length + 1;
  const keyId = buffer.toString('hex', keyIdAt, keyIdAt + KEY_ID_BYTES);
  const key = publicKeys.find((one) => keyIdOf(one) === keyId);
  if (key === undefined) {
    throw new MimeoError(
      'index-untrusted',
      `The index is signed with key ${keyId}, which is not trusted here.`,
    );
  }
  const body = buffer.subarray(0, at);
  if (!verify(null, body, toKeyObject(key), buffer.subarray(keyIdAt + KEY_ID_BYTES))) {
    throw new MimeoError('index-damaged', 'The index was altered after it was signed.');
  }
  return body;
}

function toKeyObject(publicKey: PublicKey): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
}
