import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInfSections } from './inf-sections.ts';
import { expand, readInfStrings } from './inf-strings.ts';

const { sections } = readInfSections(`
[Strings.040C]
Only = "seul"
Card = "carte"
[Strings.0007]
Card = "Karte"
[Strings.0807]
Card = "Chärtli"
Swiss = yes
[Strings]
Card = "card"
100%% = full
`);

test('without a language the strings for all speak first', () => {
  const strings = readInfStrings(sections);
  assert.equal(expand('%CARD% %only% %Swiss%', strings), 'card seul yes');
});

test('a language is looked for as Windows looks: itself, without country, another country, all', () => {
  const card = (language: string): string => expand('%card%', readInfStrings(sections, language));
  assert.deepEqual(['0807', '0407', '0c0c', '0409'].map(card), ['Chärtli', 'Karte', 'carte', 'card']);
});

test('two percent signs are one, and a token without a string stays', () => {
  const strings = readInfStrings(sections);
  assert.equal(expand('%%SystemRoot%%\\%Nothing% 5% %', strings), '%SystemRoot%\\%Nothing% 5% %');
  assert.equal(strings.get('100%'), 'full');
});
