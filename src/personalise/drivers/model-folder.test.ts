import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HostModel, modelFolders } from './model-folder.ts';

function host(manufacturer: string | null, product: string | null, version: string | null = null): HostModel {
  return { manufacturer, product, version };
}

test('maker and model are found whatever their case, blanks and company', () => {
  const folders = [
    'dell/OptiPlex  7010',
    'Win10/DELL INC/Optiplex-7010',
    'Dell/OptiPlex 7020',
    'Dell OptiPlex 7010',
  ];
  const found = ['Dell OptiPlex 7010', 'Win10/DELL INC/Optiplex-7010', 'dell/OptiPlex  7010'];
  assert.deepEqual(modelFolders(folders, host('Dell Inc.', 'OptiPlex 7010')), found);
});

test('a maker is known by its other names', () => {
  const folders = ['HP/ProDesk 600 G1', 'Hewlett-Packard/Compaq 8200 Elite', 'ASUS/P8H61'];
  assert.deepEqual(modelFolders(folders, host('HP', 'HP ProDesk 600 G1 SFF')), ['HP/ProDesk 600 G1']);
  assert.deepEqual(modelFolders(folders, host('Hewlett-Packard', 'HP ProDesk 600 G1 TWR')), [
    'HP/ProDesk 600 G1',
  ]);
  assert.deepEqual(modelFolders(folders, host('Hewlett-Packard', 'HP Compaq 8200 Elite SFF PC')), [
    'Hewlett-Packard/Compaq 8200 Elite',
  ]);
  assert.deepEqual(modelFolders(folders, host('ASUSTeK COMPUTER INC.', 'P8H61')), ['ASUS/P8H61']);
});

test('the form of the case decides only where folders name it', () => {
  const folders = ['HP/EliteDesk 800 G4', 'HP/EliteDesk 800 G4 DM'];
  assert.deepEqual(modelFolders(folders, host('HP', 'HP EliteDesk 800 G4 DM')), ['HP/EliteDesk 800 G4 DM']);
  assert.deepEqual(modelFolders(folders, host('HP', 'HP EliteDesk 800 G4 SFF')), ['HP/EliteDesk 800 G4']);
});

test('Lenovo goes by its product version or its machine type', () => {
  const m710 = host('LENOVO', '10M8S0XX00', 'ThinkCentre M710q');
  for (const folder of [
    'Lenovo/ThinkCentre M710q',
    'Lenovo/10M8',
    'lenovo/M710 (10M7, 10M8)',
    'Lenovo/10m8s0xx00',
  ]) {
    assert.deepEqual(modelFolders([folder, 'Lenovo/10M9', 'Lenovo/ThinkCentre M720q'], m710), [folder]);
  }
});

test('a model may be a number, a version that is one is none', () => {
  assert.deepEqual(modelFolders(['IBM/8212', 'IBM/01'], host('IBM', '8212', '01')), ['IBM/8212']);
});

test('nothing is taken for a host that does not say, and no model for a longer one', () => {
  const folders = ['Dell/OptiPlex 7010', 'Dell/7010', 'Dell', 'Dell/SFF', 'Dell/OptiPlex'];
  assert.deepEqual(modelFolders(folders, host('Dell Inc.', 'OptiPlex 7010 Plus')), []);
  assert.deepEqual(modelFolders(folders, host(null, 'OptiPlex 7010')), []);
  assert.deepEqual(modelFolders(folders, host('Dell Inc.', null)), []);
  assert.deepEqual(modelFolders(folders, host('HP', 'OptiPlex 7010')), []);
  assert.deepEqual(modelFolders(folders, host('Dell Inc.', '')), []);
});
