import { SimulatorError } from '../errors.ts';
import { connectArrays, disconnectArrays } from '../model/fleet/array-connections.ts';
import { createReplicatedSnapshot } from '../model/fleet/replication.ts';
import { addTarget, setAllowed } from '../model/fleet/replication-targets.ts';
import { settle } from '../model/fleet/settle.ts';
import { setFailoverPreferences, stretchPod, unstretchPod } from '../model/fleet/stretched-pods.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { AdminOperation } from './admin-operations.ts';

type ReplicationOperation = Extract<
  AdminOperation,
  {
    readonly kind:
      | 'connectArray'
      | 'disconnectArray'
      | 'stretchPod'
      | 'unstretchPod'
      | 'setFailoverPreferences'
      | 'addReplicationTarget'
      | 'replicateNow';
  }
>;

/** What administrators do between two arrays. @throws Refusal in the array's words */
export function administerReplication(model: ArrayModel, operation: ReplicationOperation): void {
  switch (operation.kind) {
    case 'connectArray':
      connectArrays(model, peerOf(model, operation.peer), { type: operation.type ?? 'async-replication' });
      return;
    case 'disconnectArray':
      disconnectArrays(model, operation.peer);
      return;
    case 'stretchPod':
      stretchPod(model, operation.pod, operation.array);
      return;
    case 'unstretchPod':
      unstretchPod(model, operation.pod, operation.array, false);
      return;
    case 'setFailoverPreferences':
      setFailoverPreferences(model, operation.pod, operation.arrays);
      return;
    case 'addReplicationTarget': {
      const { target } = addTarget(model, operation.group, operation.array);
      // The other administrator waits until the group is there.
      if (operation.allow === false) return;
      settle(model.fleet);
      setAllowed(peerOf(model, operation.array), target.remoteName, true);
      return;
    }
    case 'replicateNow':
      createReplicatedSnapshot(model, operation.group, operation.suffix, 'now');
  }
}

function peerOf(model: ArrayModel, name: string): ArrayModel {
  const peer = model.fleet.byName(name);
  if (peer === undefined) throw new SimulatorError('unknown-array', `there is no simulated array "${name}"`);
  return peer;
}
