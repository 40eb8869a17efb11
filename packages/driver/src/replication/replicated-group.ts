import type { Clock, Logger } from '@cinder-flasharray/common';
import { type FlashArray, type GroupReplication, isArrayError } from '@cinder-flasharray/flasharray';
import { parseArrayName } from '../names/array-name.ts';
import { isSame } from '../names/same-name.ts';
import { awaitReplication } from './await-replication.ts';

export interface ReplicatedGroupRequest {
  /** Where the group is. */
  readonly source: FlashArray;
  readonly targets: readonly FlashArray[];
  /** `cinder-group`, `pod::group`. */
  readonly name: string;
  readonly replication: Pick<GroupReplication, 'frequency' | 'retention'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Name of a group on the arrays it is replicated to: `source:group`; for a group of a pod `pod:group`.
 * (driver-behaviour section 2.1)
 */
export function nameOnTarget(source: string, group: string): string {
  const { own, pod } = parseArrayName(group);
  return `${pod ?? source}:${own}`;
}

/**
 * Makes a protection group that is replicated to the targets: group, settings, targets, leave on each target, schedule.
 * What is there already is left as it is, so that a second time only reads.
 * @throws DriverError `driver` when a target does not show the group, or does not let it in, in time
 */
export async function setUpReplicatedGroup(request: ReplicatedGroupRequest): Promise<void> {
  const { source, targets, name } = request;
  await ensureGroup(source, name);
  const before = await setReplicationOf(request);
  const known = await source.protectionGroups.targets(name);
  const isKnown = (target: FlashArray): boolean =>
    known.some(({ array }) => isSame(array, target.identity.name));
  for (const target of targets.filter((candidate) => !isKnown(candidate))) {
    await source.protectionGroups.addTarget(name, target.identity.name);
  }
  const waiting = targets.filter(
    (target) => !known.some(({ array, allowed }) => allowed && isSame(array, target.identity.name)),
  );
  await Promise.all(waiting.map((target) => allowOn(request, target)));
  if (waiting.length > 0) {
    await awaitAllowed(request);
  }
  if (!before.enabled) {
    await source.protectionGroups.setReplication(name, { enabled: true });
  }
}

/** A destroyed group of the name is ours: it is recovered, never eradicated. */
export async function ensureGroup(array: FlashArray, name: string): Promise<void> {
  const { protectionGroups } = array;
  switch (await protectionGroups.find(name)) {
    case 'live':
      return;
    case 'destroyed':
      await protectionGroups.recover(name);
      return;
    case 'absent':
      try {
        await protectionGroups.create(name);
      } catch (error) {
        // Another back end on the same array makes the same group.
        if (!isArrayError(error, 'already-exists')) {
          throw error;
        }
      }
  }
}

async function setReplicationOf({
  source,
  name,
  replication,
  logger,
}: ReplicatedGroupRequest): Promise<GroupReplication> {
  const { frequency, retention } = replication;
  const before = await source.protectionGroups.replication(name);
  const isRight =
    before.frequency === frequency &&
    before.retention.allFor === retention.allFor &&
    before.retention.perDay === retention.perDay &&
    before.retention.days === retention.days;
  if (!isRight) {
    logger.info(
      {
        group: name,
        array: source.identity.name,
        before: settingsText(before),
        after: settingsText(replication),
      },
      'the replication settings of the configuration take the place of those of the array',
    );
    await source.protectionGroups.setReplication(name, { frequency, retention });
  }
  return before;
}

function settingsText({ frequency, retention }: Pick<GroupReplication, 'frequency' | 'retention'>): string {
  const { allFor, perDay, days } = retention;
  return `every ${frequency / 1_000} s, all for ${allFor / 1_000} s, then ${perDay} a day for ${days} days`;
}

async function allowOn({ source, name, clock }: ReplicatedGroupRequest, target: FlashArray): Promise<void> {
  const remote = nameOnTarget(source.identity.name, name);
  await awaitReplication(
    clock,
    `protection group ${remote} to appear on array ${target.identity.name}`,
    async () => {
      try {
        await target.protectionGroups.allowReplication(remote);
        return true;
      } catch (error) {
        if (isArrayError(error, 'not-found')) {
          return null;
        }
        throw error;
      }
    },
  );
}

async function awaitAllowed({ source, targets, name, clock }: ReplicatedGroupRequest): Promise<void> {
  const wanted = targets.map(({ identity }) => identity.name);
  await awaitReplication(
    clock,
    `array ${source.identity.name} to learn that protection group ${name} is allowed on ${wanted.join(', ')}`,
    async () => {
      const now = await source.protectionGroups.targets(name);
      return wanted.every((array) => now.some((target) => target.allowed && isSame(target.array, array)))
        ? true
        : null;
    },
  );
}
