import { type RawClient, runningArrays } from './running-array.ts';

const gibibyte = 1_073_741_824;

/** `fa1` and `fa2` are connected for sync replication, `fa3` to both for async replication. */
export async function threeArrays(version = '2.26') {
  const fleet = await runningArrays({
    arrays: [{ name: 'fa1' }, { name: 'fa2' }, { name: 'fa3' }],
    connections: [
      { from: 'fa1', to: 'fa2', type: 'sync-replication' },
      { from: 'fa1', to: 'fa3' },
      { from: 'fa2', to: 'fa3' },
    ],
  });
  // A login for each call: sessions do not outlive the hours that these tests let pass.
  const client =
    (name: string): RawClient =>
    async (...request) =>
      (await fleet.array(name).rest2(version))(...request);
  const { control } = fleet;
  const statuses = async (array: string, pod = 'pod1') =>
    Object.fromEntries(
      (await control.state(array)).pods
        .filter(({ name }) => name === pod)
        .flatMap(({ arrays }) => arrays.map((member) => [member.array, member.status])),
    );
  const byte = async (array: string, name: string) => (await control.readVolume(array, name, 0, 1))[0];
  const write = (array: string, name: string, value: number) =>
    control.writeVolume(array, name, 0, Uint8Array.of(value));
  return {
    fleet,
    control,
    fa1: client('fa1'),
    fa2: client('fa2'),
    fa3: client('fa3'),
    statuses,
    byte,
    write,
  };
}

/** With `pod1` on fa1 and fa2, in it `v1` that holds 1. */
export async function aStretchedPod(version?: string) {
  const arrays = await threeArrays(version);
  const { control, write } = arrays;
  await control.admin('fa1', { kind: 'createPod', name: 'pod1' });
  await control.admin('fa1', { kind: 'createVolume', name: 'pod1::v1', size: gibibyte });
  await write('fa1', 'pod1::v1', 1);
  await control.admin('fa1', { kind: 'stretchPod', pod: 'pod1', array: 'fa2' });
  return arrays;
}

/** Stretches `pod1` of fa1 to fa2 (POST), or takes fa2 out of it (DELETE). */
export const stretch = 'pods/arrays?group_names=pod1&member_names=fa2';
