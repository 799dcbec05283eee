/**
 * The locales of Windows. Sources: MS-LCID (names and language identifiers) and Microsoft's "Default Input Profiles
 * in Windows" (layouts), facts in our own form. A row is a language identifier in hex, the BCP 47 name, and where it
 * is not the identifier itself, the usual layout: of two, the one that XP has too.
 */
const TABLE = `
0436 af-ZA 409|045e am-ET 409|3801 ar-AE 401|3c01 ar-BH 401|1401 ar-DZ 20401|0c01 ar-EG 401|0801 ar-IQ 401
2c01 ar-JO 401|3401 ar-KW 401|3001 ar-LB 401|1001 ar-LY 401|1801 ar-MA 20401|2001 ar-OM 401|4001 ar-QA 401
0401 ar-SA|2801 ar-SY 401|1c01 ar-TN 20401|2401 ar-YE 401|047a arn-CL 80a|044d as-IN|082c az-Cyrl-AZ|042c az-Latn-AZ
046d ba-RU|0423 be-BY|0402 bg-BG|0845 bn-BD 445|0445 bn-IN|0451 bo-CN|047e br-FR 40c|201a bs-Cyrl-BA|141a bs-Latn-BA 41a
0403 ca-ES 40a|0803 ca-ES-valencia 40a|045c chr-Cher-US|0483 co-FR 40c|0405 cs-CZ|0452 cy-GB|0406 da-DK
0c07 de-AT 407|0807 de-CH|0407 de-DE|1407 de-LI 807|1007 de-LU 407|082e dsb-DE 2042e|0465 dv-MV|0c51 dz-BT|0408 el-GR
2409 en-029 409|0c09 en-AU 409|2809 en-BZ 409|1009 en-CA 409|0809 en-GB|3c09 en-HK 409|1809 en-IE|4009 en-IN 409
2009 en-JM 409|4409 en-MY 409|1409 en-NZ 409|3409 en-PH 409|4809 en-SG 409|2c09 en-TT 409|0409 en-US|1c09 en-ZA 409
3009 en-ZW 409|2c0a es-AR 80a|400a es-BO 80a|340a es-CL 80a|240a es-CO 80a|140a es-CR 80a|1c0a es-DO 80a
300a es-EC 80a|0c0a es-ES 40a|100a es-GT 80a|480a es-HN 80a|080a es-MX|4c0a es-NI 80a|180a es-PA 80a|280a es-PE 80a
500a es-PR 80a|3c0a es-PY 80a|440a es-SV 80a|540a es-US 80a|380a es-UY 80a|200a es-VE 80a|0425 et-EE|042d eu-ES 40a
0429 fa-IR|0867 ff-Latn-SN 488|040b fi-FI|0464 fil-PH 409|0438 fo-FO|080c fr-BE|0c0c fr-CA 1009|100c fr-CH|040c fr-FR
140c fr-LU 100c|180c fr-MC 40c|0462 fy-NL 20409|083c ga-IE 1809|0491 gd-GB 809|0456 gl-ES 40a|0474 gn-PY
0484 gsw-FR 40c|0447 gu-IN|0468 ha-Latn-NG|0475 haw-US|040d he-IL|0439 hi-IN 10439|101a hr-BA 41a|041a hr-HR
042e hsb-DE 2042e|040e hu-HU|042b hy-AM|0421 id-ID 409|0470 ig-NG|040f is-IS|0810 it-CH 410|0410 it-IT
045d iu-Cans-CA 1045d|085d iu-Latn-CA|0411 ja-JP|0437 ka-GE|043f kk-KZ|046f kl-GL|0453 km-KH|044b kn-IN|0412 ko-KR
0457 kok-IN 439|0492 ku-Arab-IQ|0440 ky-KG|046e lb-LU|0454 lo-LA|0427 lt-LT 10427|0426 lv-LV|0481 mi-NZ|042f mk-MK
044c ml-IN|0450 mn-MN|0850 mn-Mong-CN|047c moh-CA 409|044e mr-IN|083e ms-BN 409|043e ms-MY 409|043a mt-MT
0455 my-MM 10c00|0414 nb-NO|0461 ne-NP|0813 nl-BE|0413 nl-NL 20409|0814 nn-NO 414|046c nso-ZA|0482 oc-FR 40c
0448 or-IN|0846 pa-Arab-PK 420|0446 pa-IN|0415 pl-PL|048c prs-AF 429|0463 ps-AF|0416 pt-BR|0816 pt-PT
0486 quc-Latn-GT 80a|046b quz-BO 80a|086b quz-EC 80a|0c6b quz-PE 80a|0417 rm-CH 807|0418 ro-RO|0419 ru-RU
0487 rw-RW 409|044f sa-IN 439|0485 sah-RU|0859 sd-Arab-PK 420|0c3b se-FI 1083b|043b se-NO|083b se-SE|045b si-LK
041b sk-SK|0424 sl-SI|183b sma-NO 43b|1c3b sma-SE 83b|103b smj-NO 43b|143b smj-SE 83b|243b smn-FI 1083b
203b sms-FI 1083b|041c sq-AL|1c1a sr-Cyrl-BA c1a|0c1a sr-Cyrl-CS|301a sr-Cyrl-ME c1a|281a sr-Cyrl-RS c1a
181a sr-Latn-BA 81a|081a sr-Latn-CS|2c1a sr-Latn-ME 81a|241a sr-Latn-RS 81a|081d sv-FI 41d|041d sv-SE|0441 sw-KE 409
045a syr-SY|0449 ta-IN|0849 ta-LK 449|044a te-IN|0428 tg-Cyrl-TJ|041e th-TH|0473 ti-ET 409|0442 tk-TM|0832 tn-BW 432
0432 tn-ZA|041f tr-TR|0444 tt-RU|085f tzm-Latn-DZ|0480 ug-CN|0422 uk-UA|0420 ur-PK|0843 uz-Cyrl-UZ
0443 uz-Latn-UZ 409|042a vi-VN|0488 wo-SN|0434 xh-ZA 409|046a yo-NG|0804 zh-CN|0c04 zh-HK|1404 zh-MO|1004 zh-SG
0404 zh-TW|0435 zu-ZA 409
`;

export interface WindowsLocale {
  /** As Windows spells it, `de-DE`; Vista and later take it in an answer file. */
  readonly name: string;
  /** The language identifier that XP wants. */
  readonly lcid: number;
  /** Language and layout, `0407:00000407`. An input method (Chinese, Japanese, Korean) is not in it. */
  readonly keyboard: string;
}

const byName: ReadonlyMap<string, WindowsLocale> = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((row) => {
      const [lcid = '', name = '', layout = lcid] = row.split(' ');
      const locale = {
        name,
        lcid: Number.parseInt(lcid, 16),
        keyboard: `${lcid}:${layout.padStart(8, '0')}`,
      };
      return [name.toLowerCase(), locale];
    }),
);

/** The locale of Windows for a BCP 47 name with its country (`de-DE`, in any case), or null. */
export function windowsLocale(tag: string): WindowsLocale | null {
  return byName.get(tag.toLowerCase()) ?? null;
}

/** Every locale of the table. */
export function windowsLocales(): WindowsLocale[] {
  return [...byName.values()];
}

/** Whether a keyboard is written as Windows does: language and layout, or language and input method. */
export function isWindowsKeyboard(value: string): boolean {
  return /^[0-9a-f]{4}:(?:[0-9a-f]{8}|\{[0-9a-f-]{36}\}\{[0-9a-f-]{36}\})$/i.test(value);
}
