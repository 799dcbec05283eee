/** A text as an expression of VBScript: printable ASCII in quotes, every other character by its number. */
export function vbsText(value: string): string {
  const parts = value.match(/[\x20-\x7e]+|[^\x20-\x7e]/g) ?? [];
  if (parts.length === 0) return '""';
  return parts
    .map((part) =>
      /^[\x20-\x7e]/.test(part) ? `"${part.replaceAll('"', '""')}"` : `ChrW(${part.charCodeAt(0)})`,
    )
    .join(' & ');
}
