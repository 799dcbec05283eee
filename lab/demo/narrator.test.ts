import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostNews } from './narrator.ts';

test('of a host only what is news is told', () => {
  const news = new HostNews();
  const lines = [
    '[    0.000000] Linux version 6.12',
    'MIMEO host: RM101-PC01 lab rm101',
    'MIMEO host: RM101-PC01 lab rm101',
    'MIMEO phase=preparing',
    'MIMEO phase=writing 1 % 2.0 MB/s 1 min left',
    'MIMEO phase=writing 20 % 2.0 MB/s 50 s left',
    'MIMEO phase=writing 26 % 2.5 MB/s 40 s left',
    'MIMEO done: /dev/sda holds the image',
    'MIMEO-XP-MASTER BOOTED FROM DISK, volume 0123456789ABCDEF',
  ];
  assert.deepEqual(
    lines.map((line) => news.of(line)).filter((words) => words !== null),
    [
      'host: RM101-PC01 lab rm101',
      'preparing',
      'writing   1 % 2.0 MB/s 1 min left',
      'writing  26 % 2.5 MB/s 40 s left',
      'done: /dev/sda holds the image',
      'MIMEO-XP-MASTER BOOTED FROM DISK, volume 0123456789ABCDEF',
    ],
  );
});
