/**
 * Text from the wire without control characters (a machine's model may hold any bytes, and a terminal
 * obeys some of them), and without those that turn the direction of what follows. Line ends and tabs stay.
 */
export function plainText(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, '\ufffd');
}
