import {
  backendHostOf,
  namedType,
  operations,
  retypeDeltas,
  saysTrue,
  statusBefore,
} from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { reserveQuota } from '../quotas/reserve-quota.ts';
import { answerOf } from '../request/answer-of.ts';
import { invalidInput, invalidVolume } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { typeFor } from '../rows/type-for.ts';
import { volumeFor } from '../rows/volume-for.ts';
import { satisfiesSpecs } from '../scheduling/extra-specs.ts';

/** Only on the volume's own back end: no data is ever copied by a host, so there is nothing to migrate with. */
export async function retypeVolume(
  { store, runner, backends }: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  request: { readonly newType: string; readonly migrationPolicy: 'never' | 'on-demand' },
): Promise<void> {
  await answerOf(backends.tried());
  const work = await store.transaction(async (records) => {
    const volume = await volumeFor(records, context, id);
    const type = await typeFor(records, context, request.newType);
    if (type.id === volume.volumeTypeId) {
      throw invalidInput(`New volume_type same as original: ${type.name}.`);
    }
    const group = volume.groupId === null ? null : await records.groups.get(volume.groupId);
    if (group !== null && !group.volumeTypeIds.includes(type.id)) {
      throw invalidInput(
        `Volume ${id} is in group ${volume.groupId}, which volume type ${type.name} cannot be in.`,
      );
    }
    const multiattach = saysTrue(type.extraSpecs.multiattach);
    if (multiattach !== volume.multiattach && volume.status !== 'available') {
      throw invalidInput(
        `Volume ${id} must be available to change multiattach, but its status is ${volume.status}.`,
      );
    }
    const report = backends
      .reports()
      .find(({ host }) => volume.host !== null && host === backendHostOf(volume.host));
    if (report === undefined || report.capabilities === null) {
      throw invalidVolume(
        `Volume ${id} is on ${volume.host ?? 'no back end'}, which is not there at the moment.`,
      );
    }
    if (!satisfiesSpecs(report.capabilities, type.extraSpecs)) {
      throw invalidInput(
        `Volume migration failed: Retype requires migration but is not allowed. Back end ${report.host} cannot serve volume type ${type.name}.`,
      );
    }
    const oldType = await namedType(records, volume.volumeTypeId);
    const reservation = await reserveQuota(
      records,
      volume.projectId,
      retypeDeltas(oldType, type, volume.size),
    );
    const accepted = await records.volumes.updateWhere(
      id,
      { status: ['available', 'in-use'], notMigrating: true },
      { status: 'retyping', previousStatus: statusBefore(volume) },
    );
    if (!accepted) {
      throw invalidVolume(
        `Volume ${id} status must be available or in-use to retype, currently ${volume.status}.`,
      );
    }
    return await runner.accept(
      records,
      operations.retype.of({ volumeId: id, newTypeId: type.id, reservation }),
    );
  });
  runner.start(work);
}

/** @throws BlockStorageError `invalid-input`, always */
export async function migrateVolume(
  { store }: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  host: string,
): Promise<void> {
  requireAdmin(context, 'volume_extension:volume_admin_actions:migrate_volume');
  const volume = await volumeFor(store, context, id);
  throw invalidInput(
    `Volume migration failed: Volume ${volume.id} cannot be migrated to ${host}: no array moves it there, and this service copies no data.`,
  );
}
