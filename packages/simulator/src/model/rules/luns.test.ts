import { expect, test } from 'vitest';
import { privateLun, sharedLun } from './luns.ts';

const from = (first: number, last: number) =>
  new Set(Array.from({ length: last - first + 1 }, (_, index) => first + index));

test('private connections take the lowest free LUN', () => {
  expect(privateLun(new Set(), 1)).toBe(1);
  expect(privateLun(new Set([1, 2, 4]), 1)).toBe(3);
});

test('a first LUN is honoured and the lower ones are used last', () => {
  expect(privateLun(new Set([300]), 300)).toBe(301);
  expect(privateLun(from(300, 4095), 300)).toBe(1);
});

test('shared connections count down from 254, then up from 255', () => {
  expect(sharedLun(new Set())).toBe(254);
  expect(sharedLun(new Set([254, 253]))).toBe(252);
  expect(sharedLun(from(1, 254))).toBe(255);
});

test('4095 LUNs are all there are', () => {
  expect(privateLun(from(1, 4095), 1)).toBeNull();
  expect(sharedLun(from(1, 4095))).toBeNull();
});
