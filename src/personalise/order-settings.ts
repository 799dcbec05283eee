import type { HostSettings } from './settings.ts';
import type { PersonaliseOrder } from './types.ts';

/** The settings of an order that knows no more than a name and .reg files: all else stays as the image has it. */
export function settingsOfOrder({ computerName, fields, registryFiles }: PersonaliseOrder): HostSettings {
  return {
    computerName,
    fields,
    registryFiles,
    region: { language: null, formats: null, keyboard: null, timeZone: null },
    windows: {
      productKey: null,
      owner: null,
      organisation: null,
      administratorPassword: null,
      autoLogon: null,
      skipQuestions: false,
      preventEncryption: false,
    },
    accounts: [],
    domain: null,
    drivers: [],
    firstBoot: null,
    linux: { account: null, sshKeys: [], commands: [], cloudInit: true },
  };
}
