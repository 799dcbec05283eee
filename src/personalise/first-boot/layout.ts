/** The service's own folder, from the root of the volume. Only SYSTEM and administrators may look into it. */
export const FIRST_BOOT_FOLDER = ['Mimeo', 'first-boot'] as const;

/** `03`: steps are counted from 1; 0 is Windows' own setup, which the service waits for. */
export function stepId(step: number): string {
  return String(step).padStart(2, '0');
}

/** The folder, from the root of the volume, that the files of a step's package are brought to. */
export function packageFolder(step: number): readonly string[] {
  return [...FIRST_BOOT_FOLDER, 'packages', stepId(step)];
}
