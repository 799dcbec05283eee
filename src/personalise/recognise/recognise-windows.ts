import { windowsLocale, windowsLocales } from '../locales.ts';
import type { RecognisedWindows, WindowsGeneration } from './facts.ts';
import { lookIntoHive } from './hive-facts.ts';
import { machineOfPe } from './machine-type.ts';
import { membershipOf } from './membership.ts';
import { type SealSigns, sealStateOf } from './seal-state.ts';
import { VolumeFiles } from './volume-files.ts';
import { editionOfXp, generationOf, rightProductName } from './windows-version.ts';
import { warningsOfWindows, wordsOfWindows } from './windows-words.ts';

const PE_HEAD_BYTES = 4096;
/** What Windows calls processors in its environment. */
const PROCESSORS: Readonly<Record<string, RecognisedWindows['architecture']>> = {
  x86: 'x86',
  amd64: 'amd64',
  arm64: 'arm64',
};

/**
 * What Windows is on a mounted volume. Reads only.
 *
 * @param folder its folder in the root, in its spelling
 */
export async function recogniseWindows(root: string, folder: string): Promise<RecognisedWindows> {
  const files = new VolumeFiles(root, false);
  const problems: string[] = [];
  const hive = (name: string): Promise<string | null> => files.find(`${folder}/System32/config/${name}`);
  const system = lookIntoHive(await hive('SYSTEM'), 'SYSTEM', problems, (look) => ({
    computerName: look.text('CurrentControlSet\\Control\\ComputerName\\ComputerName', 'ComputerName'),
    productType: look.text('CurrentControlSet\\Control\\ProductOptions', 'ProductType'),
    suite: look.texts('CurrentControlSet\\Control\\ProductOptions', 'ProductSuite'),
    processor: look.text(
      'CurrentControlSet\\Control\\Session Manager\\Environment',
      'PROCESSOR_ARCHITECTURE',
    ),
    installLanguage: look.text('CurrentControlSet\\Control\\Nls\\Language', 'InstallLanguage'),
    languages: look.subkeys('CurrentControlSet\\Control\\MUI\\UILanguages'),
    fastStartup: look.number('CurrentControlSet\\Control\\Session Manager\\Power', 'HiberbootEnabled'),
    setupInProgress: look.number('Setup', 'SystemSetupInProgress'),
    setupCommand: look.text('Setup', 'CmdLine'),
    cloneTag: look.texts('Setup', 'CloneTag')[0] ?? look.text('Setup', 'CloneTag'),
    unattendFile: look.text('Setup', 'UnattendFile'),
  }));
  const VERSION = 'Microsoft\\Windows NT\\CurrentVersion';
  const software = lookIntoHive(await hive('SOFTWARE'), 'SOFTWARE', problems, (look) => ({
    productName: look.text(VERSION, 'ProductName'),
    build: look.text(VERSION, 'CurrentBuild') ?? look.text(VERSION, 'CurrentBuildNumber'),
    displayVersion: look.text(VERSION, 'DisplayVersion') ?? look.text(VERSION, 'ReleaseId'),
    servicePack: look.text(VERSION, 'CSDVersion'),
    edition: look.text(VERSION, 'EditionID'),
    installationType: look.text(VERSION, 'InstallationType'),
    imageState: look.text('Microsoft\\Windows\\CurrentVersion\\Setup\\State', 'ImageState'),
  }));
  // Who belongs to what is no reason for a warning: not every volume has this hive, and few ask.
  const membership = lookIntoHive(await hive('SECURITY'), 'SECURITY', [], (look) =>
    membershipOf(
      look.bytes('Policy\\PolPrDmN', ''),
      look.bytes('Policy\\PolPrDmS', ''),
      look.bytes('Policy\\PolDnDDN', ''),
    ),
  );
  const build = /^\d{4,6}$/.test(software.build ?? '') ? Number(software.build) : null;
  const isServer = isServerBy(system.productType, software.installationType);
  const generation = build === null ? null : generationOf(build, isServer ?? false);
  const kernel = await files.head(`${folder}/System32/ntoskrnl.exe`, PE_HEAD_BYTES);
  const languages = system.languages.filter((name) => windowsLocale(name) !== null);
  const facts = {
    folder,
    generation,
    productName: software.productName === null ? null : rightProductName(software.productName, generation),
    edition: software.edition ?? olderEdition(generation, system.suite, software.productName),
    release: software.displayVersion ?? software.servicePack,
    build,
    isServer,
    installationType: software.installationType,
    architecture:
      (kernel && machineOfPe(kernel)) ?? PROCESSORS[system.processor?.toLowerCase() ?? ''] ?? null,
    language: languageOf(system.installLanguage, languages),
    languages,
    computerName: emptyAsNull(system.computerName),
    membership,
    sealed: sealStateOf({
      ...system,
      build,
      imageState: await imageState(files, folder, software.imageState),
    }),
    unattendFile: emptyAsNull(system.unattendFile),
    hibernated: isHibernation(await files.head('hiberfil.sys', 4)),
    fastStartup: system.fastStartup === null ? null : system.fastStartup === 1,
  };
  return {
    system: 'windows',
    ...facts,
    words: wordsOfWindows(facts),
    warnings: warningsOfWindows(facts, problems),
  };
}

/** `hibr` while a system sleeps in it, in either case; `wake`, or zeros, once it has woken. */
function isHibernation(head: Buffer | null): boolean {
  return head?.toString('latin1').toLowerCase() === 'hibr';
}

/** The state is kept in a file as well (Microsoft, "Windows Setup States"). */
async function imageState(
  files: VolumeFiles,
  folder: string,
  inHive: string | null,
): Promise<SealSigns['imageState']> {
  if (inHive !== null) return inHive;
  const bytes = await files.head(`${folder}/Setup/State/State.ini`, 4096);
  const isUtf16 = bytes?.toString('hex', 0, 2) === 'fffe';
  const text = bytes?.toString(isUtf16 ? 'utf16le' : 'latin1');
  return /^\s*ImageState\s*=\s*(\w+)/im.exec(text ?? '')?.[1] ?? null;
}

function isServerBy(productType: string | null, installationType: string | null): boolean | null {
  if (productType !== null) return productType.toLowerCase() !== 'winnt';
  return installationType === null ? null : /^server/i.test(installationType);
}

function olderEdition(
  generation: WindowsGeneration | null,
  suite: readonly string[],
  productName: string | null,
): string | null {
  return generation === 'xp' || generation === '2000' ? editionOfXp(suite, productName ?? '') : null;
}

/** The language it was installed in; where that value makes no sense, the only one that is there. */
function languageOf(installed: string | null, languages: readonly string[]): string | null {
  const lcid = /^[0-9a-f]{4}$/i.test(installed ?? '') ? Number.parseInt(installed ?? '', 16) : null;
  const name = windowsLocales().find((one) => one.lcid === lcid)?.name;
  return name ?? (languages.length === 1 ? (languages[0] ?? null) : null);
}

function emptyAsNull(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text.trim();
}
