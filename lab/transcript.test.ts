import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Transcript } from './transcript.ts';

test('a wait ends with the text that was awaited, also across pieces', async () => {
  const transcript = new Transcript('COM1');
  const waiting = transcript.waitFor(/BOOTED (\w+) DISK/, 5000);
  transcript.append(Buffer.from('BOOTED FR'));
  transcript.append(Buffer.from('OM DISK\r\n'));
  assert.equal((await waiting)[1], 'FROM');
});

test('control sequences vanish, also when cut in two', () => {
  const transcript = new Transcript('COM1');
  for (const piece of ['\x1b[2J\x1b[01;3', '1mred\x1b[0', 'm \x1b]0;title\x07plain', '\x1b', '[H!\x00']) {
    transcript.append(Buffer.from(piece));
  }
  assert.equal(transcript.text, 'red plain!');
});

test('a character cut in two is read whole', () => {
  const transcript = new Transcript('COM1');
  const bytes = Buffer.from('Größe');
  for (const byte of bytes) transcript.append(Buffer.from([byte]));
  assert.equal(transcript.text, 'Größe');
});

test('only what is said after the given place counts', async () => {
  const transcript = new Transcript('COM1');
  transcript.append(Buffer.from('ready\n'));
  const from = transcript.here;
  await assert.rejects(transcript.waitFor(/ready/, 1, from), /0\.001 s went by before it said \/ready\//);
  transcript.append(Buffer.from('ready again\n'));
  assert.equal((await transcript.waitFor(/ready \w+/, 1, from))[0], 'ready again');
});

test('the end of the speaker ends the wait, and shows the last words', async () => {
  const transcript = new Transcript('host-1');
  const waiting = transcript.waitFor(/login:/, 60_000);
  transcript.append(Buffer.from('panic: no root\n'));
  transcript.end('it was switched off');
  await assert.rejects(waiting, /host-1: it was switched off before it said[\s\S]*panic: no root/);
});
