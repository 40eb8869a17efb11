import { createHost } from '../model/rules/hosts.ts';
import { newSnapshot } from '../model/rules/snapshots.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import { ExtentMap } from '../model/state/extent-map.ts';
import { type Connection, noPriority, noQos } from '../model/state/records.ts';
import type { AdminOperation } from './admin-operations.ts';

type Seed<Kind extends AdminOperation['kind']> = Extract<AdminOperation, { readonly kind: Kind }>;

/** Puts volumes straight into the model: a hundred thousand in a moment. */
export function seedVolumes(model: ArrayModel, operation: Seed<'seedVolumes'>): void {
  for (let number = 1; number <= operation.count; number += 1) {
    const digits = String(number).padStart(operation.digits ?? 0, '0');
    model.volumes.put({
      id: model.newId(),
      name: `${operation.prefix}${digits}${operation.suffix ?? ''}`,
      serial: model.newSerial(),
      size: operation.size ?? 1024 ** 3,
      created: model.now(),
      source: null,
      qos: noQos,
      priority: noPriority,
      data: ExtentMap.empty,
      eradicateAt: operation.destroyed === true ? model.eradicationTime() : null,
    });
  }
}

/** Puts snapshots of what the volumes hold straight into the model. */
export function seedSnapshots(model: ArrayModel, operation: Seed<'seedSnapshots'>): void {
  const volumes = [...model.volumes.values()].filter(
    ({ name, eradicateAt }) => eradicateAt === null && name.startsWith(operation.volumePrefix),
  );
  for (const volume of volumes) {
    for (let number = 1; number <= operation.perVolume; number += 1) {
      const suffix = `${operation.suffix}${number}`;
      model.snapshots.put(newSnapshot(model, volume, suffix, `${volume.name}.${suffix}`, null));
    }
  }
}

/** Makes hosts, and connections of volumes to them. */
export function seedHosts(model: ArrayModel, operation: Seed<'seedHosts'>): void {
  const volumes = model.volumes.sorted().filter(({ eradicateAt }) => eradicateAt === null);
  const made: Connection[] = [];
  for (let number = 1; number <= operation.count; number += 1) {
    const name = `${operation.prefix}${number}`;
    const host = createHost(model, name, { iqns: [`iqn.1994-05.com.redhat:${name}`] });
    for (let lun = 1; lun <= (operation.connections ?? 0); lun += 1) {
      const volume = volumes[made.length];
      if (volume === undefined) break;
      made.push({ volumeId: volume.id, hostId: host.id, hostGroupId: null, number: lun });
    }
  }
  model.connections = [...model.connections, ...made];
}
