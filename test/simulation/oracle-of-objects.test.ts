import { expect, test } from 'vitest';
import { isToBeRemoved } from './oracle-of-objects.ts';
import { Refusals } from './refusals.ts';

const volumeId = '4a2f7e3a-312a-40c5-96a8-536b8a0fe074';
const removal = { operation: 'remove_original', details: JSON.stringify({ volumeId }) };
const refused = new Refusals();
refused.add({ path: `volume/volume-${volumeId}-cinder`, body: null });

test.each([
  ['refused, and on record', refused, [removal], true],
  ['refused, and forgotten', refused, [], false],
  ['refused, and other work on record', refused, [{ ...removal, operation: 'release_host' }], false],
  ['on record, and never refused', new Refusals(), [removal], false],
])('what an array has of a deleted volume whose removal is %s', (_what, refusals, deferred, expected) => {
  const input = { rows: { ...noRows, deferred }, allowances: { refusals, closedSince: null } };
  expect(isToBeRemoved(input, 'remove_original', volumeId)).toBe(expected);
});

const noRows = {
  volumes: [],
  snapshots: [],
  attachments: [],
  groups: [],
  groupSnapshots: [],
  usages: [],
  reservations: [],
  journal: [],
  service: null,
};
