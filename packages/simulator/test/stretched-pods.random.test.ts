import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SimulatorError, startSimulator } from '../src/index.ts';

const gibibyte = 1_073_741_824;
const array = fc.constantFrom('fa1', 'fa2');
const volume = fc.constantFrom('pod1::v1', 'pod1::v2', 'pod1::v3');

/** Something done to two arrays that share `pod1`; refusals are part of the game. */
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('create', 'destroy', 'recover', 'eradicate', 'snapshot', 'protect', 'replicate'),
      array,
      volume,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('rename'), array, volume, to: volume }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('write'),
      array,
      volume,
      value: fc.integer({ min: 1, max: 255 }),
    }),
  },
  // Rare: a resynchronization after each step would hide what is not repeated on the other array.
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lose', 'return', 'cut', 'heal'), array }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('return', 'heal', 'stretch', 'unstretch'), array }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('advance'),
      array,
      by: fc.constantFrom(100, 5000, 86_400_000),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test('whatever happens, both arrays hold the same pod once they are together again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const simulator = await startSimulator({
        arrays: [{ name: 'fa1' }, { name: 'fa2' }, { name: 'fa3' }],
        connections: [
          { from: 'fa1', to: 'fa2', type: 'sync-replication' },
          { from: 'fa1', to: 'fa3' },
          { from: 'fa2', to: 'fa3' },
        ],
        clock: { startAt: '2026-01-01T00:00:00Z' },
      });
      const { control } = simulator;
      /** What the last write that was not refused left in each volume, by its id. */
      const written = new Map<string, number>();
      const idOf = async (on: string, name: string) =>
        (await control.state(on)).volumes.find((candidate) => candidate.name === name)?.id ?? '';
      const act = async (taken: Step): Promise<void> => {
        const other = taken.array === 'fa1' ? 'fa2' : 'fa1';
        switch (taken.do) {
          case 'lose':
          case 'return':
            return control.setArrayDown(taken.array, taken.do === 'lose');
          case 'cut':
          case 'heal':
            return control.setReplicationLink('fa1', 'fa2', taken.do === 'cut' ? 'down' : 'up');
          case 'unstretch':
            return control.admin(taken.array, { kind: 'unstretchPod', pod: 'pod1', array: other });
          case 'stretch':
            return control.admin(taken.array, { kind: 'stretchPod', pod: 'pod1', array: other });
        }
        if ('by' in taken) {
          await control.advance(taken.by);
          return;
        }
        if ((await control.state(taken.array)).down) return;
        const name = 'volume' in taken ? taken.volume : '';
        if ('value' in taken) {
          const id = await idOf(taken.array, name);
          await control.writeVolume(taken.array, name, 0, Uint8Array.of(taken.value));
          written.set(id, taken.value);
          return;
        }
        if ('to' in taken) {
          return control.admin(taken.array, { kind: 'renameVolume', name, newName: taken.to });
        }
        switch (taken.do) {
          case 'create':
            return control.admin(taken.array, { kind: 'createVolume', name, size: gibibyte });
          case 'destroy':
            return control.admin(taken.array, { kind: 'destroyVolume', name });
          case 'recover':
            return control.admin(taken.array, { kind: 'recoverVolume', name });
          case 'eradicate':
            return control.admin(taken.array, { kind: 'eradicateVolume', name });
          case 'snapshot':
            return control.admin(taken.array, { kind: 'createSnapshot', volume: name });
          case 'protect':
            return control.admin(taken.array, {
              kind: 'createProtectionGroup',
              name: `pod1::pg-${name.slice(-2)}`,
              volumes: [name],
            });
          case 'replicate': {
            const group = `pod1::pg-${name.slice(-2)}`;
            await control
              .admin(taken.array, { kind: 'addReplicationTarget', group, array: 'fa3' })
              .catch(ignoreRefusal);
            return control.admin(taken.array, { kind: 'replicateNow', group });
          }
        }
      };
      try {
        await control.admin('fa1', { kind: 'createPod', name: 'pod1' });
        await control.admin('fa1', { kind: 'createVolume', name: 'pod1::v1', size: gibibyte });
        await control.admin('fa1', { kind: 'stretchPod', pod: 'pod1', array: 'fa2' });
        await control.setReplication({ resyncMs: 1000, transferMs: 300 });
        for (const taken of steps) await act(taken).catch(ignoreRefusal);
        for (const name of ['fa1', 'fa2']) await control.setArrayDown(name, false);
        await control.setReplicationLink('fa1', 'fa2', 'up');
        await control.advance(10_000);
        const holders = [];
        for (const name of ['fa1', 'fa2']) {
          const { pods } = await control.state(name);
          if (pods.some((pod) => pod.name === 'pod1' && !pod.destroyed)) holders.push(name);
        }
        const [home = ''] = holders;
        if (holders.length === 1) {
          const peer = home === 'fa1' ? 'fa2' : 'fa1';
          await control.admin(home, { kind: 'stretchPod', pod: 'pod1', array: peer });
          await control.advance(1000);
        }
        const [one, two] = [await control.state('fa1'), await control.state('fa2')];
        const shown = (state: typeof one) => ({
          pods: state.pods,
          volumes: state.volumes,
          snapshots: state.snapshots,
          groups: state.protectionGroups,
          groupSnapshots: state.protectionGroupSnapshots,
        });
        expect(shown(two)).toEqual(shown(one));
        for (const { id, name, destroyed } of one.volumes) {
          if (destroyed) continue;
          const [here, there] = [
            await control.readVolume('fa1', name, 0, 1),
            await control.readVolume('fa2', name, 0, 1),
          ];
          expect([here[0], there[0]]).toEqual([written.get(id) ?? 0, written.get(id) ?? 0]);
        }
      } finally {
        await simulator.close();
      }
    }),
    { numRuns: 100, seed: 20260101 },
  );
}, 120_000);

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof SimulatorError) || error.code !== 'refused') throw error;
}
