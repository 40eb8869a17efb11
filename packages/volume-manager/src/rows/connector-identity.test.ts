import { expect, test } from 'vitest';
import { isSameMachine } from './connector-identity.ts';

const host = { host: 'compute1-9f8e-cinder', wwpns: [] };

test.each([
  [{ initiator: 'iqn.a' }, { initiator: 'IQN.A' }, true],
  [{ initiator: 'iqn.a', host: 'one' }, { initiator: 'iqn.b', host: 'one' }, false],
  [{ initiator: 'iqn.b' }, { ...host, initiator: 'iqn.a', initiators: ['iqn.a', 'iqn.b'] }, true],
  [{ initiator: 'iqn.c' }, { ...host, initiator: 'iqn.a', initiators: ['iqn.a', 'iqn.b'] }, false],
  [{ wwpns: ['21a', '21b'] }, { ...host, wwpns: ['21B', '21C'] }, true],
  [{ wwpns: ['21:0A'] }, { wwpns: ['210a '] }, true],
  [{ wwpns: ['21a'] }, { ...host, wwpns: ['21C'] }, false],
  [{ nqn: 'nqn.a' }, { ...host, nqn: 'nqn.b', nqns: ['nqn.b', 'nqn.a'] }, true],
  [{ host: 'one' }, { host: 'one' }, true],
  [{ host: 'one' }, { initiator: 'iqn.a' }, false],
  [{}, {}, false],
])('%j and %j are of one machine: %s', (one, other, isSame) => {
  expect(isSameMachine(one, other)).toBe(isSame);
  expect(isSameMachine(other, one)).toBe(isSame);
});
