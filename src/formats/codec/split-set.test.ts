import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieceNames } from './split-set.ts';

const pieces = (name: string, ...names: string[]): string[] => pieceNames(name, names, '/images');

test('the first piece or any other names the set, and a lone file itself', () => {
  const letters = ['sda1.img.gz.aa', 'sda1.img.gz.ab', 'sda1.img.gz.ac', 'sda2.img.gz.aa', 'disk'];
  assert.deepEqual(pieces('sda1.img.gz.aa', ...letters), letters.slice(0, 3));
  assert.deepEqual(pieces('sda1.img.gz.ac', ...letters), letters.slice(0, 3));
  const digits = ['d1p1.img.000', 'd1p1.img.001', 'd1p10.img.000'];
  assert.deepEqual(pieces('d1p1.img.000', ...digits), digits.slice(0, 2));
  assert.deepEqual(pieces('disk.img', 'disk.img', 'disk.img.txt'), ['disk.img']);
  assert.deepEqual(pieces('disk.iso', 'disk.iso', 'disk.isp'), ['disk.iso']);
});

test("FOG's first piece has lost its number", () => {
  const names = ['d1p1.img', 'd1p1.img.001', 'd1p1.img.002', 'd1p2.img'];
  assert.deepEqual(pieces('d1p1.img', ...names), names.slice(0, 3));
  assert.deepEqual(pieces('d1p1.img.002', ...names), names.slice(0, 3));
  assert.deepEqual(pieces('d1p2.img', ...names), ['d1p2.img']);
  assert.deepEqual(pieces('lab.2024', 'lab', 'lab.2024'), ['lab.2024']);
  assert.deepEqual(pieces('lab.123', 'lab', 'lab.123x', 'lab.12'), ['lab.123']);
});

test('split counts on past z, also with longer names when it runs out', () => {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz'.split('');
  const two = alphabet.slice(0, 25).flatMap((a) => alphabet.map((b) => `x.${a}${b}`));
  const long = ['x.zaaa', 'x.zaab'];
  assert.deepEqual(pieces('x.aa', ...two, ...long), [...two, ...long]);
});

test('a gap is named', () => {
  const gap = (name: string, ...names: string[]) => {
    try {
      return pieces(name, ...names);
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  };
  assert.match(
    String(gap('x.aa', 'x.aa', 'x.ac')),
    /^\/images\/x\.ab is missing: it is a piece .*x\.ac is there/,
  );
  assert.match(String(gap('x.ab', 'x.ab', 'x.aa', 'x.ad')), /x\.ac/);
  assert.match(
    String(gap('x.ac', 'x.ac', 'x.ad')),
    /x\.aa is missing: it is the first piece .*x\.ac is there/,
  );
  assert.match(String(gap('x.000', 'x.000', 'x.002')), /x\.001/);
  assert.match(String(gap('x.img', 'x.img', 'x.img.002')), /x\.img\.001/);
});
