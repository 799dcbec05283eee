/** What a host's firmware says it is (DMI): null where it says nothing. */
export interface HostModel {
  /** `Dell Inc.` */
  readonly manufacturer: string | null;
  /** `OptiPlex 7010`; at Lenovo the machine type with its variant, `10M8S0XX00`. */
  readonly product: string | null;
  /** Lenovo has the name that people know here: `ThinkCentre M710q`. */
  readonly version: string | null;
}

/** Words of makers' names that say nothing. */
const COMPANY = new Set(
  'inc incorporated corp corporation co company ltd limited llc gmbh ag kg sa bv computer computers international technology technologies client systems electronics'.split(
    ' ',
  ),
);

/** Makers with more than one name, by what firmware says (folded); the first word of a folder is compared with all. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'hewlett packard': ['hp'],
  hp: ['hewlett packard', 'hewlettpackard'],
  asustek: ['asus'],
  'micro star': ['msi'],
  fujitsu: ['fujitsu siemens', 'fsc'],
  'fujitsu siemens': ['fujitsu'],
  'fujitsu ccl': ['fujitsu'],
  innotek: ['oracle', 'virtualbox'],
};

/** Words for the form of a model's case: a driver folder may leave them out, its hardware is the same. */
const FORMS = new Set(
  'sff sf usff usdt mt cmt dm mini micro tower twr small form factor desktop pc business notebook laptop aio all in one workstation series'.split(
    ' ',
  ),
);

/**
 * Folders of a tree for a host's model: `Dell/OptiPlex 7010`, at any depth, or both in one name, `Dell OptiPlex 7010`.
 * Case, blanks, punctuation, `Inc.` and the like say nothing. The model is the product, Lenovo's product version or
 * machine type (`10M8`); a folder may leave out the form of the case (`SFF`), and list several machine types.
 *
 * @param folders all folders of the tree
 * @returns the folders that fit best: those with the form of the case when there are any, else those without; sorted
 */
export function modelFolders(folders: Iterable<string>, host: HostModel): string[] {
  const makers = makerNames(host.manufacturer);
  const models = modelNames(host, makers);
  if (makers.length === 0 || models.length === 0) return [];
  const exact: string[] = [];
  const loose: string[] = [];
  for (const folder of folders) {
    const [last = '', above = ''] = folder.split('/').reverse();
    const fits = (name: string): 'exact' | 'loose' | null => modelFit(name, models, host);
    const found = makers.includes(withoutCompany(words(above)))
      ? fits(last)
      : fits(withoutMaker(last, makers));
    if (found === 'exact') exact.push(folder);
    else if (found === 'loose') loose.push(folder);
  }
  return (exact.length > 0 ? exact : loose).sort();
}

/** Null when the name is no model of the host; '' never is one. */
function modelFit(name: string, models: readonly string[], host: HostModel): 'exact' | 'loose' | null {
  const wanted = words(name);
  if (wanted.length === 0) return null;
  const joined = wanted.join('');
  if (models.some((model) => model.replaceAll(' ', '') === joined)) return 'exact';
  const type = machineType(host);
  if (type !== null && wanted.includes(type)) return 'exact';
  const plain = withoutForms(wanted);
  const isLeftOut = (model: string): boolean => {
    const said = model.split(' ');
    // It may leave the form out, but not name another.
    return withoutForms(said) === plain && wanted.every((word) => !FORMS.has(word) || said.includes(word));
  };
  return plain !== '' && models.some(isLeftOut) ? 'loose' : null;
}

function makerNames(manufacturer: string | null): string[] {
  const name = withoutCompany(words(manufacturer ?? ''));
  return name === '' ? [] : [name, ...(OTHER_NAMES[name] ?? [])];
}

function modelNames({ product, version }: HostModel, makers: readonly string[]): string[] {
  // Most makers have a mere number there, `01`, and only Lenovo a name.
  const names = [product ?? '', /[a-z].*\d|.{5}/i.test(version ?? '') ? (version ?? '') : ''];
  const folded = names.flatMap((name) => [words(name).join(' '), withoutMaker(name, makers)]);
  return [...new Set(folded)].filter((name) => name !== '');
}

/** Lenovo's product is the machine type and six signs of the variant. */
function machineType({ manufacturer, product }: HostModel): string | null {
  const isLenovo = withoutCompany(words(manufacturer ?? '')) === 'lenovo';
  return isLenovo && /^[0-9a-z]{10}$/i.test(product ?? '') ? (product ?? '').slice(0, 4).toLowerCase() : null;
}

/** A name without the maker in front of it; '' when it does not begin with one. */
function withoutMaker(name: string, makers: readonly string[]): string {
  const parts = words(name);
  for (const maker of makers) {
    const length = maker.split(' ').length;
    if (parts.length > length && parts.slice(0, length).join(' ') === maker) {
      const rest = parts.slice(length);
      while (COMPANY.has(rest[0] ?? '')) rest.shift();
      return rest.join(' ');
    }
  }
  return '';
}

function withoutCompany(parts: readonly string[]): string {
  return parts.filter((part) => !COMPANY.has(part)).join(' ');
}

function withoutForms(parts: readonly string[]): string {
  return parts.filter((part) => !FORMS.has(part)).join('');
}

/** The words of a name in lower case: letters and digits. */
function words(name: string): string[] {
  return name
    .toLowerCase()
    .replaceAll(/\((r|tm|c)\)/g, ' ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
