/** `npm run bench:school`: one technician images three hundred hosts in ten labs: how many keys, how many minutes. */
import { labNeeds } from '../lab/needs.ts';
import { measureSchool } from './school/measure-school.ts';
import { parseSchoolOptions, SCHOOL_USAGE } from './school/options.ts';

const options = parseSchoolOptions(process.argv.slice(2));
if (options === 'help') {
  process.stdout.write(SCHOOL_USAGE);
} else {
  const need = labNeeds('ip', 'sfdisk', 'script', 'bash');
  if (need !== false) throw new Error(need);
  const result = await measureSchool(
    options,
    (line) => void (options.json ? null : process.stdout.write(`${line}\n`)),
  );
  process.stdout.write(`${JSON.stringify(result, null, options.json ? 0 : 2)}\n`);
  process.exit();
}
