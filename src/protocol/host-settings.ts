import { z } from 'zod';
import type { HostSettings } from '../personalise/index.ts';

const word = z.string().min(1).max(1024);
const said = word.nullable();
/** A password may be empty. */
const secret = z.string().max(1024);

const deliveredFile = z.object({
  path: word,
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const domain = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('workgroup'), name: word }),
  z.object({ kind: z.literal('credentials'), domain: word, account: word, password: secret, unit: said }),
  z.object({ kind: z.literal('offline'), domain: word, blob: z.base64() }),
]);

const printer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('shared'), name: word, path: word }),
  z.object({ kind: z.literal('direct'), name: word, address: word, driver: word, inf: said }),
]);

const packageSign = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), path: word }),
  z.object({ kind: z.literal('registry'), key: word, value: said }),
]);

const exitCodes = z.array(z.number().int()).max(256);

const softwarePackage = z.object({
  name: word,
  files: z.array(deliveredFile).max(10_000),
  command: z.string().min(1).max(8192),
  successCodes: exitCodes,
  rebootCodes: exitCodes,
  retryCodes: exitCodes,
  retries: z.number().int().nonnegative(),
  timeoutSeconds: z.number().positive(),
  detect: packageSign.nullable(),
});

const region = z.object({ language: said, formats: said, keyboard: said, timeZone: said });

const windows = z.object({
  productKey: said,
  owner: said,
  organisation: said,
  administratorPassword: secret.nullable(),
  autoLogon: z.object({ account: word, password: secret, count: z.number().int().positive() }).nullable(),
  skipQuestions: z.boolean(),
  preventEncryption: z.boolean(),
});

const account = z.object({ name: word, fullName: said, password: secret, administrator: z.boolean() });

const firstBoot = z.object({
  report: z.object({ url: word, token: word }).nullable(),
  printers: z.array(printer).max(256),
  defaultPrinter: said,
  packages: z.array(softwarePackage).max(256),
});

const linux = z.object({
  account: z.object({ name: word, passwordHash: said }).nullable(),
  sshKeys: z.array(z.string().max(16_384)).max(256),
  commands: z.array(z.string().max(8192)).max(256),
  cloudInit: z.boolean(),
});

/** What makes one host its own, as it travels to it: with its secrets, for one task. */
export const hostSettingsSchema: z.ZodType<HostSettings> = z.object({
  computerName: z.string().min(1).max(15),
  fields: z.record(z.string(), z.string()),
  region,
  windows,
  accounts: z.array(account).max(256),
  domain: domain.nullable(),
  registryFiles: z.array(z.object({ name: word, content: z.base64() })).max(1024),
  drivers: z.array(z.object({ path: word, files: z.array(deliveredFile).max(10_000) })).max(1024),
  firstBoot: firstBoot.nullable(),
  linux,
});
