/** Lets the disk of a store fail; in a process without a test runner, which slows promises down. */
import process from 'node:process';
import { tryIoErrors } from './io-errors.ts';

const [first = '0', stride = '1'] = process.argv.slice(2);
const { calls, faults } = await tryIoErrors({ first: Number(first), stride: Number(stride) });
process.stdout.write(`${calls} calls, ${faults} faults\n`);
