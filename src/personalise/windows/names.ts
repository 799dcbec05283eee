/** Namespace of answer files, and that of `wcm:action`. Source: Unattended Windows Setup Reference. */
export const UNATTEND = 'urn:schemas-microsoft-com:unattend';
export const WCM = 'http://schemas.microsoft.com/WMIConfig/2002/State';

/** The passes of a sealed image's first start; the others belong to its making. */
export type Pass = 'specialize' | 'oobeSystem';

export type Architecture = 'x86' | 'amd64' | 'arm64';

export const SHELL = 'Microsoft-Windows-Shell-Setup';
export const DEPLOYMENT = 'Microsoft-Windows-Deployment';
export const JOIN = 'Microsoft-Windows-UnattendedJoin';
export const INTERNATIONAL = 'Microsoft-Windows-International-Core';
export const ENCRYPTION = 'Microsoft-Windows-SecureStartup-FilterDriver';
