import fc from 'fast-check';
import { dwordData, qwordData, REG_TYPES, type RegistryData, textData, textsData } from './registry-data.ts';
import type { RegistryOperation } from './registry-operation.ts';

/** A name as a person or a program may choose it, brackets, quotes and other scripts included. */
const letters = fc.string({
  unit: fc.constantFrom(...Array.from('aAbß Ж名[]{}"\';=@#-%,.𝒳'), '\ud83d', '\t'),
  minLength: 1,
  maxLength: 8,
});
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'Z',
    ' ',
    '"',
    '\\',
    '\n',
    '\r',
    '\0',
    'ä',
    '名',
    ']',
    ';',
    '\ud800',
    '\t',
    '\u0001',
  ),
  maxLength: 60,
});
const bytes = fc.uint8Array({ maxLength: 70 }).map((array) => Buffer.from(array));

/** Data of every kind as the registry keeps it; strings of their own types have their terminator. */
export const anyData: fc.Arbitrary<RegistryData> = fc.oneof(
  text.map((value) => textData(value)),
  text.map((value) => textData(value, REG_TYPES.expandSz)),
  fc.array(text, { maxLength: 3 }).map(textsData),
  fc.nat(0xffff_ffff).map(dwordData),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(qwordData),
  bytes.map((value) => ({ type: REG_TYPES.binary, bytes: value })),
  fc.constantFrom(REG_TYPES.sz, REG_TYPES.multiSz).map((type) => ({ type, bytes: Buffer.alloc(0) })),
  fc
    .tuple(fc.constantFrom(0, 3, 4, 5, 6, 8, 9, 10, 11, 0x100, 0x8000_0001, 0xffff_ffff), bytes)
    .map(([type, value]) => ({ type, bytes: value })),
);

/** Few keys and names, so that operations meet. */
export const anyKey: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('HKEY_LOCAL_MACHINE', 'HKEY_USERS'),
    fc.array(fc.oneof(fc.constantFrom('a', 'A', 'b'), letters), { minLength: 1, maxLength: 3 }),
  )
  .map(([root, names]) => [root, ...names].join('\\'))
  // A closing bracket and a semicolon would look like the end of the key and a comment.
  .filter((key) => !/\]\s*;/.test(key));

const anyName = fc.oneof(fc.constantFrom('', 'v', 'V', 'w'), letters, fc.constant('two\nlines\r'));

export const anyOperation: fc.Arbitrary<RegistryOperation> = fc.oneof(
  fc.record({ kind: fc.constant('ensure-key' as const), key: anyKey }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant('delete-key' as const), key: anyKey }, { noNullPrototype: true }),
  fc.record(
    { kind: fc.constant('delete-value' as const), key: anyKey, name: anyName },
    { noNullPrototype: true },
  ),
  fc.record(
    { kind: fc.constant('set-value' as const), key: anyKey, name: anyName, data: anyData },
    { noNullPrototype: true },
  ),
);

export const anyOperations: fc.Arbitrary<RegistryOperation[]> = fc.array(anyOperation, { maxLength: 12 });

/** Any text, zeros and halves of characters included. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff)), { maxLength: 30 })
  .map((units) => String.fromCharCode(...units));
