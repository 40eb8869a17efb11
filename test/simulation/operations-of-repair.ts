import { context } from './clients.ts';
import type { KnownGroup, KnownGroupSnapshot, KnownSnapshot, KnownVolume } from './knowledge.ts';
import type { OperationsOptions } from './operations-of-volumes.ts';
import type { Random } from './random.ts';

/** Statuses that an administrator sets by hand, at whatever moment: what was asked for before may or may not be done. */
export class RepairOperations {
  readonly #options: OperationsOptions;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  async volume(label: string, random: Random, volume: KnownVolume): Promise<void> {
    const { clients } = this.#options;
    const status = statusOf(random);
    volume.repairs += 1;
    const answer = await clients.call(`${label} ${volume.id} ${status}`, (service) =>
      service.volumes.resetStatus(context, volume.id, { status, attachStatus: null, migrationStatus: null }),
    );
    volume.repairs += 1;
    if (answer.kind !== 'refused' && answer.kind !== 'down') {
      callOff(volume);
      volume.isRepaired = true;
    }
  }

  async snapshot(label: string, random: Random, snapshot: KnownSnapshot): Promise<void> {
    const { clients, knowledge } = this.#options;
    const status = statusOf(random);
    const answer = await clients.call(`${label} snapshot ${snapshot.id} ${status}`, (service) =>
      service.snapshots.resetStatus(context, snapshot.id, status),
    );
    if (answer.kind !== 'refused' && answer.kind !== 'down') {
      callOff(snapshot);
      knowledge.repaired.add(snapshot.id);
      // It may be called available, and not be there: what is made of it, or goes back to it, is in error then.
      const volume = knowledge.volumes.get(snapshot.volumeId);
      if (volume !== undefined) {
        volume.isRepaired = true;
      }
    }
  }

  async group(label: string, random: Random, group: KnownGroup): Promise<void> {
    const { clients, knowledge } = this.#options;
    const status = statusOf(random);
    const answer = await clients.call(`${label} group ${group.id} ${status}`, (service) =>
      service.groups.resetStatus(context, group.id, status),
    );
    if (answer.kind !== 'refused' && answer.kind !== 'down') {
      callOff(group);
      knowledge.repaired.add(group.id);
    }
  }

  async groupSnapshot(label: string, random: Random, groupSnapshot: KnownGroupSnapshot): Promise<void> {
    const { clients, knowledge } = this.#options;
    const status = statusOf(random);
    const answer = await clients.call(`${label} group snapshot ${groupSnapshot.id} ${status}`, (service) =>
      service.groupSnapshots.resetStatus(context, groupSnapshot.id, status),
    );
    if (answer.kind !== 'refused' && answer.kind !== 'down') {
      callOff(groupSnapshot);
      knowledge.repaired.add(groupSnapshot.id);
    }
  }
}

function statusOf(random: Random): 'available' | 'error' {
  return random.chance(0.5) ? 'available' : 'error';
}

/** A delete that was under way does not go on. */
function callOff(known: { presence: KnownVolume['presence'] }): void {
  known.presence = known.presence === 'no' ? 'maybe' : known.presence;
}
