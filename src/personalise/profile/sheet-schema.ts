import { z } from 'zod';
import * as rules from './rules.ts';

/** A piece of text on one line; `rule` is asked at once, unless placeholders have to be filled in first. */
function text(rule: rules.Rule | null = null, most = 500) {
  return z
    .string()
    .min(1)
    .max(most)
    .superRefine((value, context) => {
      const control = /\p{Cc}/u.exec(value);
      const problem =
        control === null
          ? value.includes('{{') || rule === null
            ? null
            : rule(value)
          : 'has a line break or another control character in it; in "double quotes" \\n and the like make one';
      if (problem !== null) context.addIssue({ code: 'custom', message: `${shown(value)} ${problem}` });
    });
}

function shown(value: string): string {
  const visible = value.replaceAll(/\p{Cc}/gu, '�');
  return visible.length > 60 ? `${visible.slice(0, 60)}…` : visible;
}

/** A secret: the name of its file on the server, or the text itself, which everybody who sees the share can read. */
function secret(rule: rules.Rule | null = null) {
  return z.union([secretText(rule), z.strictObject({ secret: text(rules.secretNameRule) })]);
}

/** Like {@link text}, but never shown. */
function secretText(rule: rules.Rule | null) {
  return z
    .string()
    .min(1)
    .max(127)
    .superRefine((value, context) => {
      if (/\p{Cc}/u.test(value)) {
        context.addIssue({ code: 'custom', message: 'The secret has a control character in it' });
      } else if (rule !== null && rule(value) !== null) {
        context.addIssue({ code: 'custom', message: `What is written here ${rule(value)}` });
      }
    });
}

export type SecretSource = z.infer<ReturnType<typeof secret>>;

const list = <T extends z.ZodType>(item: T, most = 200) => z.array(item).max(most);
/** Names of things defined elsewhere; `!name` takes one out that came before, `!*` all. */
const names = list(text(null, 100));
const globs = list(text(null, 100)).min(1);
const wholeNumber = (least: number, most: number) => z.number().int().min(least).max(most);
const exitCodes = list(wholeNumber(-2147483648, 4294967295), 50);

export const SYSTEMS = [
  '2000',
  'xp',
  '2003',
  'vista',
  '2008',
  '7',
  '2008r2',
  '8',
  '2012',
  '8.1',
  '2012r2',
  '10',
  '2016',
  '2019',
  '2022',
  '11',
  '2025',
] as const;

const forSchema = z.strictObject({
  images: globs.optional(),
  labs: globs.optional(),
  locations: globs.optional(),
  hosts: globs.optional(),
  order: wholeNumber(0, 1000).optional(),
  forget: list(text()).optional(),
});

const regionSchema = z.strictObject({
  language: text(rules.localeRule).optional(),
  formats: text(rules.localeRule).optional(),
  keyboard: text(rules.keyboardRule).optional(),
  time_zone: text(rules.timeZoneRule).optional(),
});

const windowsSchema = z.strictObject({
  product_key: secret(rules.productKeyRule).optional(),
  owner: text().optional(),
  organisation: text().optional(),
  administrator_password: secret().optional(),
  auto_logon: z
    .strictObject({
      account: text(rules.windowsAccountRule),
      password: secret(),
      count: wholeNumber(1, 9999).default(1),
    })
    .optional(),
  skip_questions: z.boolean().optional(),
  prevent_encryption: z.boolean().optional(),
});

const accountSchema = z.strictObject({
  name: text(rules.windowsAccountRule),
  full_name: text().optional(),
  password: secret(),
  administrator: z.boolean().default(false),
});

const domainSchema = z.strictObject({
  join: z.enum(['none', 'workgroup', 'credentials', 'offline']).optional(),
  workgroup: text(rules.workgroupRule).optional(),
  domain: text(rules.domainNameRule).optional(),
  account: text().optional(),
  password: secret().optional(),
  unit: text(rules.unitRule).optional(),
});

const linuxSchema = z.strictObject({
  account: text(rules.linuxAccountRule).optional(),
  password_hash: secret(rules.passwordHashRule).optional(),
  ssh_keys: list(text(rules.sshKeyRule, 4000)).optional(),
  commands: list(text(null, 4000)).optional(),
  cloud_init: z.boolean().optional(),
});

const printerSchema = z
  .strictObject({
    name: text(null, 100),
    path: text(rules.queueRule).optional(),
    address: text(rules.addressRule).optional(),
    driver: text().optional(),
    inf: text(rules.infRule).optional(),
  })
  .superRefine((printer, context) => {
    const isShared = printer.path !== undefined;
    if (isShared === (printer.address !== undefined)) {
      const message = 'A printer has either path (of a print server) or address (and driver)';
      context.addIssue({ code: 'custom', message });
    } else if (
      isShared ? printer.driver !== undefined || printer.inf !== undefined : printer.driver === undefined
    ) {
      const message = isShared
        ? 'The driver of a printer with path comes from its server: driver and inf do not belong here'
        : 'A printer with address needs driver, its name as the .inf file calls it';
      context.addIssue({ code: 'custom', message });
    }
  });

const detectSchema = z
  .strictObject({
    file: text(rules.windowsPathRule).optional(),
    registry_key: text(rules.registryKeyRule).optional(),
    registry_value: text().optional(),
  })
  .superRefine((detect, context) => {
    if ((detect.file === undefined) === (detect.registry_key === undefined)) {
      context.addIssue({ code: 'custom', message: 'A package is found by either file or registry_key' });
    } else if (detect.file !== undefined && detect.registry_value !== undefined) {
      context.addIssue({ code: 'custom', message: 'registry_value belongs to a registry_key' });
    }
  });

const packageSchema = z.strictObject({
  name: text(null, 100),
  systems: list(z.enum(SYSTEMS)).min(1).optional(),
  architectures: list(z.enum(['x86', 'amd64', 'arm64']))
    .min(1)
    .optional(),
  folder: text(rules.shareFolderRule).optional(),
  files: list(text(rules.sharePatternRule)).min(1).optional(),
  command: text(null, 2000).optional(),
  success_codes: exitCodes.optional(),
  reboot_codes: exitCodes.optional(),
  retry_codes: exitCodes.optional(),
  retries: wholeNumber(0, 100).optional(),
  timeout_minutes: wholeNumber(1, 1440).optional(),
  detect: detectSchema.optional(),
});

const locationSchema = z.strictObject({
  name: text(null, 100),
  parent: text(null, 100).optional(),
  pattern: text(null, 300).optional(),
  priority: wholeNumber(-1000, 1000).optional(),
  printers: names.optional(),
  default_printer: text(null, 100).optional(),
  packages: names.optional(),
});

const labSchema = z.strictObject({
  name: text(null, 64),
  location: text(null, 100).optional(),
  naming: text(null, 100).optional(),
});

/** One file of the folder `profiles`: the settings of a profile, and definitions that hold for everybody. */
export const sheetSchema = z.strictObject({
  for: forSchema.optional(),
  region: regionSchema.optional(),
  windows: windowsSchema.optional(),
  accounts: list(accountSchema, 50).optional(),
  domain: domainSchema.optional(),
  registry: z.strictObject({ files: list(text(rules.sharePatternRule)).optional() }).optional(),
  drivers: z
    .strictObject({
      by_model: z.boolean().optional(),
      folders: list(text(rules.shareFolderRule)).optional(),
    })
    .optional(),
  first_boot: z
    .strictObject({
      packages: names.optional(),
      printers: names.optional(),
      default_printer: text(null, 100).optional(),
    })
    .optional(),
  linux: linuxSchema.optional(),
  lab: list(labSchema, 1000).optional(),
  location: list(locationSchema, 1000).optional(),
  package: list(packageSchema, 1000).optional(),
  printer: list(printerSchema, 1000).optional(),
});

/** What `forget` may name: a table, or a key in it. */
export const FORGETTABLE: readonly string[] = [
  'accounts',
  ...(['region', 'windows', 'domain', 'registry', 'drivers', 'first_boot', 'linux'] as const).flatMap(
    (section) => [
      section,
      ...Object.keys(sheetSchema.shape[section].unwrap().shape).map((key) => `${section}.${key}`),
    ],
  ),
];

export type SheetContent = z.infer<typeof sheetSchema>;
export type PackageSheet = z.infer<typeof packageSchema>;
export type PrinterSheet = z.infer<typeof printerSchema>;
export type LocationSheet = z.infer<typeof locationSchema>;
export type LabSheet = z.infer<typeof labSchema>;
