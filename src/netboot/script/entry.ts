import { ownDiskLines } from './own-disk.ts';
import { script, scriptUrl, setting } from './text.ts';

/** Tries to reach the server before a host goes on to its own disk, and the pause between them in seconds. */
const TRIES = 12;
const PAUSE_SECONDS = 5;

/**
 * What a host tells about itself, by query parameter: each an iPXE setting. `netX` is the card that booted.
 * SMBIOS texts are free text, so iPXE percent-encodes them, and {@link readScriptQuery} reads what it left.
 */
const QUESTION = [
  `mac=${setting('netX/mac:hexhyp')}`,
  `uuid=${setting('uuid')}`,
  `platform=${setting('platform')}`,
  `arch=${setting('buildarch')}`,
  `nic=${setting('netX/busid:hexraw')}`,
  `serial=${setting('serial:uristring')}`,
  `manufacturer=${setting('manufacturer:uristring')}`,
  `product=${setting('product:uristring')}`,
].join('&');

/**
 * The first script every host gets, the same for all: it says who it is and runs the answer. When the server
 * does not answer for a minute, the host starts its own disk.
 */
export function entryScript(options: { readonly httpBase: string }): string {
  const url = scriptUrl(`${options.httpBase}/boot/script`);
  return script([
    'echo Mimeo: asking the server what to do',
    'set tries:int32 0',
    ':ask',
    `chain --replace --autofree ${url}?${QUESTION} ||`,
    'inc tries',
    `iseq ${setting('tries')} ${TRIES} && goto give-up ||`,
    `echo Mimeo: no answer yet (see above), trying again in ${PAUSE_SECONDS} seconds`,
    `sleep ${PAUSE_SECONDS}`,
    'goto ask',
    ':give-up',
    'echo Mimeo: the server did not answer; starting this computer from its own disk.',
    ...ownDiskLines('any'),
  ]);
}

/** What a host said of itself; an empty text where its firmware knows nothing. */
export interface ScriptQuery {
  readonly mac: string;
  readonly uuid: string;
  /** `pcbios` or `efi`. */
  readonly platform: string;
  /** `i386`, `x86_64`, `arm64` … */
  readonly arch: string;
  /** Bus type, vendor and device of the card in hex: `0110ec8139`. */
  readonly nic: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly product: string;
}

const NAMES = ['mac', 'uuid', 'platform', 'arch', 'nic', 'serial', 'manufacturer', 'product'] as const;

/**
 * The beginning of a parameter: only our own names count, as an `&` may also belong to a free text. `menu` is
 * what a server adds to the question to tell that the key for the menu was pressed.
 */
const BEGINNING = new RegExp(`(?:^|&)(?=(?:${NAMES.join('|')}|menu)=)`);

/**
 * Reads the query string of that question (the raw one: the form decoders of web frameworks spoil it). iPXE
 * leaves a `+` in free texts as it is, older builds such as those in network cards also `&` and `=`, and
 * SMBIOS texts are of no known encoding: what is no UTF-8 is read as Latin-1. Values are what anybody on the
 * wire may have sent; they still need validation.
 */
export function readScriptQuery(query: string): ScriptQuery {
  const values = new Map<string, string>();
  for (const pair of query.replace(/^\?/, '').split(BEGINNING)) {
    const equals = pair.indexOf('=');
    if (equals > 0) values.set(pair.slice(0, equals), unescapeText(pair.slice(equals + 1)));
  }
  const value = (name: string): string => (values.get(name) ?? '').trim();
  return {
    mac: value('mac').toLowerCase().replaceAll('-', ':'),
    uuid: value('uuid').toLowerCase(),
    platform: value('platform'),
    arch: value('arch'),
    nic: value('nic'),
    serial: value('serial'),
    manufacturer: value('manufacturer'),
    product: value('product'),
  };
}

function unescapeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
}
