import {
  createConsistentGroup,
  createMirroredType,
  host,
  openSite,
  type Site,
  type Started,
} from './replicated-site.ts';
import { context, volumeRequest } from './running-manager.ts';

/** A request for a snapshot, without its volume. */
export const named = { displayName: null, displayDescription: null, metadata: {}, force: false };

/** A back end with a replicated volume, of a group or of none. */
export async function withCopy(groupId: string | null = null, kind: 'async' | 'trisync' = 'async') {
  const site = await openSite(kind);
  const started = await site.start();
  await createMirroredType(started.blockStorage, kind);
  const group = groupId === null ? null : await createConsistentGroup(started, 'mirrored');
  const request = volumeRequest({ volumeType: 'mirrored', ...(group === null ? {} : { groupId: group }) });
  const { id } = await started.blockStorage.volumes.create(context, request);
  await started.manager.idle();
  return { site, started, id, group, ...started };
}

/** The volumes are copied, and the back end goes over to the copies. */
export async function copyAndFailOver(
  site: Site,
  started: Started,
  to: 'fa2' | 'fa3' = 'fa2',
): Promise<void> {
  const group = to === 'fa3' ? 'cinder-pod::cinder-trisync' : 'cinder-group';
  await site.simulator.control.admin('fa1', { kind: 'replicateNow', group });
  await failOver(started, to);
}

/** @param to `backend_id`, or `default` */
export async function failOver({ blockStorage, manager }: Started, to: string): Promise<void> {
  await blockStorage.services.failover(context, host, to);
  await manager.idle();
}

/** Names of the volumes that are not destroyed. */
export async function volumesOn(site: Site, array: string): Promise<readonly string[]> {
  const { volumes } = await site.simulator.control.state(array);
  return volumes.flatMap(({ name, destroyed }) => (destroyed ? [] : [name]));
}
