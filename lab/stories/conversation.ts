import assert from 'node:assert/strict';
import type { Workstation } from '../workstation.ts';

/** Emulated processors are slow, and several machines share this one's. */
export const BOOT_MS = 240_000;
export const TASK_MS = 300_000;
const QUESTION_MS = 60_000;

/** Sits at the serial line: waits for each question, types the answer and Enter. */
export async function converse(
  workstation: Workstation,
  answers: readonly (readonly [question: RegExp, answer: string])[],
): Promise<void> {
  let patience = BOOT_MS;
  // A question counts from the answer before it: the same words may have stood there earlier.
  let from: number | undefined;
  for (const [question, answer] of answers) {
    await workstation.waitForSerial(question, patience, from);
    from = workstation.serial.here;
    workstation.type(`${answer}\r`);
    patience = QUESTION_MS;
  }
}

/** Waits until the machine's screen says that its task is done; a failure shows its cause at once. */
export async function taskDone(workstation: Workstation, from?: number): Promise<void> {
  const end = /MIMEO (done|failed|cancelled): .*/;
  const [line, how] = await workstation.waitForSerial(end, BOOT_MS + TASK_MS, from);
  assert.equal(how, 'done', `${workstation.hardware.name}: ${line}\n${workstation.serial.tail()}`);
}

/** Waits until the machine writes its disk and is at least so far. */
export async function hasWritten(workstation: Workstation, percent: number): Promise<void> {
  const tens = Math.floor(percent / 10);
  const beyond = new RegExp(`phase=writing (?:[${tens}-9]\\d|100) %`);
  await workstation.waitForSerial(beyond, BOOT_MS + TASK_MS);
}
