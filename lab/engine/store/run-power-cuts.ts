/** Cuts the power of a store as often as is said; in a process without a test runner, which slows promises down. */
import process from 'node:process';
import { tryPowerCuts } from './power-cuts.ts';

const [random = '2', stride = '1'] = process.argv.slice(2);
const { steps, cuts } = await tryPowerCuts({ random: Number(random), stride: Number(stride) });
process.stdout.write(`${steps} steps, ${cuts} power cuts\n`);
