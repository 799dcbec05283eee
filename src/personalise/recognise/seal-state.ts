import type { SealState } from './facts.ts';

/** What the two hives say of Sysprep; null where a value is not there. */
export interface SealSigns {
  readonly build: number | null;
  /** `ImageState` of `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup\State` (Vista and later). */
  readonly imageState: string | null;
  /** `SystemSetupInProgress` of `HKLM\SYSTEM\Setup`. */
  readonly setupInProgress: number | null;
  /** `CmdLine` of the same key: what is started in place of the logon. */
  readonly setupCommand: string | null;
  /** `CloneTag` of the same key: when Sysprep last ran. */
  readonly cloneTag: string | null;
}

const VISTA = 6000;

/** Source: Microsoft, "Windows Setup States". */
const STATES: Readonly<Record<string, SealState>> = {
  IMAGE_STATE_COMPLETE: {
    sealed: false,
    because: 'Windows is set up completely: it was not sealed by sysprep /generalize /oobe',
  },
  IMAGE_STATE_UNDEPLOYABLE: {
    sealed: false,
    because: 'a phase of its setup was begun and not ended, so it can never be deployed',
  },
  IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE: {
    sealed: true,
    because: 'it was sealed by sysprep /generalize /oobe',
  },
  IMAGE_STATE_GENERALIZE_RESEAL_TO_AUDIT: {
    sealed: false,
    because:
      'it was sealed for the audit mode (sysprep /generalize /audit), in which a host waits for a person',
  },
  IMAGE_STATE_SPECIALIZE_RESEAL_TO_OOBE: {
    sealed: false,
    because: 'it was sealed without /generalize: every host would keep the identity of the master',
  },
  IMAGE_STATE_SPECIALIZE_RESEAL_TO_AUDIT: {
    sealed: false,
    because: 'it was sealed without /generalize, and for the audit mode',
  },
};

/** Whether a Windows was sealed by Sysprep, so that each host becomes itself at its first start. */
export function sealStateOf(signs: SealSigns): SealState {
  const { build, imageState, setupInProgress, setupCommand, cloneTag } = signs;
  if (imageState !== null) {
    return (
      STATES[imageState.toUpperCase()] ?? {
        sealed: null,
        because: `its state is ${imageState}, which is not known`,
      }
    );
  }
  if (build !== null && build >= VISTA)
    return { sealed: null, because: 'its hives do not say in what state it is' };
  // XP and 2003: Sysprep has Mini-Setup started at the next boot.
  if (setupCommand !== null && /-mini\b/i.test(setupCommand)) {
    return { sealed: true, because: 'Mini-Setup runs at its next start: it was sealed by Sysprep' };
  }
  if (setupInProgress === 1) {
    return { sealed: false, because: `its setup was begun and not ended (${setupCommand ?? 'no command'})` };
  }
  if (setupInProgress === null && setupCommand === null) {
    return { sealed: null, because: 'its hives do not say in what state it is' };
  }
  return {
    sealed: false,
    because:
      cloneTag === null
        ? 'Windows is set up completely: it was not sealed by sysprep -mini -reseal'
        : `Sysprep ran once (${cloneTag}), and Windows was started and set up completely since`,
  };
}
