import { describe, expect, test } from 'vitest';
import { compileFilter } from './filter.ts';

const row = {
  name: 'CT0.ETH4',
  status: 'ready',
  destroyed: false,
  is_local: true,
  provisioned: 1073741824,
  progress: 1,
  iqns: ['iqn.2024-01.example:a', 'iqn.2024-01.example:b'],
  eth: { subtype: 'vif', address: null },
  fc: null,
  services: [],
  arrays: [{ status: 'online' }, { status: 'offline' }],
};

describe('passes', () => {
  test.each([
    ["name='CT0.*'"],
    ["name='ct0.eth4'"],
    ["status!='updating'"],
    ['is_local'],
    ['not destroyed'],
    ['not(destroyed)'],
    ["iqns='iqn.2024-01.example:b' and is_local"],
    ["eth.subtype='lacp_bond' or eth.subtype='vif'"],
    ['progress="1.0"'],
    ['provisioned > 1073741823'],
    ["provisioned >= '1073741824' and provisioned <= 1073741824"],
    ["name=('CT1.ETH4', 'CT0.ETH4')"],
    ["contains(name, 'eth')"],
    ["contains(iqns,'example:a')"],
    ["arrays[any].status='offline'"],
    ["arrays.status='online'"],
    ["arrays[1].status='offline'"],
    ['destroyed=false'],
    ["not services='iscsi'"],
    ["fc.wwn!='5'"],
  ])('%s', (text) => {
    expect(compileFilter(text)(row)).toBe(true);
  });
});

describe('does not pass', () => {
  test.each([
    ["name='CT1.*'"],
    ["name='CT0'"],
    ['destroyed'],
    ['not is_local'],
    ["iqns='iqn.2024-01.example:c'"],
    ["iqns!='iqn.2024-01.example:a'"],
    ['provisioned<1073741824'],
    ["arrays[all].status='online'"],
    ["services='iscsi'"],
    ['eth.address'],
    ["fc.wwn='5'"],
    ["contains(name,'fc')"],
  ])('%s', (text) => {
    expect(compileFilter(text)(row)).toBe(false);
  });
});

test('`and` binds tighter than `or`, parentheses tighter than both', () => {
  expect(compileFilter('is_local or is_local and destroyed')(row)).toBe(true);
  expect(compileFilter('(is_local or is_local) and destroyed')(row)).toBe(false);
});

test('a quote and a backslash in a text are escaped by a backslash', () => {
  expect(compileFilter(String.raw`name='it\'s'`)({ name: "it's" })).toBe(true);
  expect(compileFilter(String.raw`name='a\\b'`)({ name: String.raw`a\b` })).toBe(true);
});

test('characters that mean something in a regular expression mean themselves', () => {
  expect(compileFilter("name='a.c'")({ name: 'abc' })).toBe(false);
  expect(compileFilter("name='a(*'")({ name: 'a(b' })).toBe(true);
});

test('tags are compared by key and value', () => {
  const tags = () => [{ key: 'env', value: 'prod' }];
  expect(compileFilter("tags('env','prod')")(row, tags)).toBe(true);
  expect(compileFilter("tags('env','test')")(row, tags)).toBe(false);
});

test.each([
  ['name='],
  ["name='a"],
  ['name=a'],
  ["='a'"],
  ["name='a' and"],
  ["(name='a'"],
  ["name='a' name='b'"],
  ['name ~ 1'],
  [''],
])('%s is not a filter', (text) => {
  expect(() => compileFilter(text)).toThrow();
});

test('a field that rows do not have is an error', () => {
  expect(() => compileFilter("nane='a'")(row)).toThrow('unknown field nane');
});
