import { ConnectionOperations } from './operations-of-connections.ts';
import { GroupOperations } from './operations-of-groups.ts';
import { RepairOperations } from './operations-of-repair.ts';
import { type OperationsOptions, VolumeOperations } from './operations-of-volumes.ts';
import type { Random } from './random.ts';

/** Every kind of request, by name: what a world does is drawn from these. */
const kinds = [
  ['create', 10],
  ['clone', 6],
  ['from-snapshot', 6],
  ['extend', 8],
  ['snapshot', 8],
  ['delete-snapshot', 5],
  ['delete', 6],
  ['attach', 9],
  ['second-connector', 2],
  ['detach', 8],
  ['attach-legacy', 5],
  ['detach-legacy', 5],
  ['retype', 7],
  ['revert', 4],
  ['manage', 4],
  ['unmanage', 2],
  ['create-group', 3],
  ['change-group', 5],
  ['group-snapshot', 4],
  ['delete-group-snapshot', 2],
  ['copy-group', 3],
  ['delete-group', 2],
  ['force-delete', 1],
  ['reset-status', 1],
  ['reset-snapshot', 1],
  ['reset-group', 1],
] as const;
export type RequestKind = (typeof kinds)[number][0];

/** Clients at work: each operation is one or a few requests, as Nova, a user or an administrator makes them. */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #ofVolumes: VolumeOperations;
  readonly #ofConnections: ConnectionOperations;
  readonly #ofGroups: GroupOperations;
  readonly #repairs: RepairOperations;
  /** By kind: how many were begun. */
  readonly counts = new Map<string, number>();

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#ofVolumes = new VolumeOperations(options);
    this.#ofConnections = new ConnectionOperations(options);
    this.#ofGroups = new GroupOperations(options);
    this.#repairs = new RepairOperations(options);
  }

  /** One operation of the world, drawn from `random` alone and from what is there. */
  async run(name: string, random: Random): Promise<void> {
    // A world begins with something to work on.
    const kind =
      this.#options.knowledge.knownVolumes().length < 3 && random.chance(0.6)
        ? 'create'
        : (random.weighted(kinds) ?? 'create');
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const label = `${name} ${kind}`;
    const volume = random.pick(this.#options.knowledge.knownVolumes());
    switch (kind) {
      case 'create':
        return await this.#ofVolumes.create(label, random);
      case 'clone':
        return await this.#with(volume, (source) => this.#ofVolumes.clone(label, random, source));
      case 'from-snapshot':
        return await this.#with(random.pick(this.#options.knowledge.knownSnapshots()), (source) =>
          this.#ofVolumes.fromSnapshot(label, random, source),
        );
      case 'extend':
        return await this.#with(volume, (one) => this.#ofVolumes.extend(label, random, one));
      case 'snapshot':
        return await this.#with(volume, (one) => this.#ofVolumes.snapshot(label, one));
      case 'delete-snapshot':
        return await this.#with(random.pick(this.#options.knowledge.knownSnapshots()), (one) =>
          this.#ofVolumes.deleteSnapshot(label, one),
        );
      case 'delete':
        return await this.#with(volume, (one) =>
          this.#ofVolumes.delete(label, one, random.chance(0.5), false),
        );
      case 'force-delete':
        return await this.#with(volume, (one) => this.#ofVolumes.delete(label, one, true, true));
      case 'attach':
        return await this.#with(volume, (one) => this.#ofConnections.attach(label, random, one));
      case 'second-connector':
        return await this.#with(random.pick(this.#options.knowledge.knownAttachments()), (one) =>
          this.#ofConnections.secondConnector(label, random, one),
        );
      case 'detach':
        return await this.#with(random.pick(this.#options.knowledge.knownAttachments()), (one) =>
          this.#ofConnections.detach(label, one),
        );
      case 'attach-legacy':
        return await this.#with(volume, (one) => this.#ofConnections.attachLegacy(label, random, one));
      case 'detach-legacy':
        return await this.#ofConnections.detachLegacy(label, random);
      case 'retype':
        return await this.#with(volume, (one) => this.#ofVolumes.retype(label, random, one));
      case 'revert':
        return await this.#with(volume, (one) => this.#ofVolumes.revert(label, one));
      case 'manage':
        return await this.#ofVolumes.manage(label, random);
      case 'unmanage':
        return await this.#with(volume, (one) => this.#ofVolumes.unmanage(label, one));
      case 'create-group':
        return await this.#ofGroups.createGroup(label, random);
      case 'change-group':
        return await this.#with(random.pick(this.#options.knowledge.knownGroups()), (one) =>
          this.#ofGroups.changeGroup(label, random, one),
        );
      case 'group-snapshot':
        return await this.#with(random.pick(this.#options.knowledge.knownGroups()), (one) =>
          this.#ofGroups.groupSnapshot(label, one),
        );
      case 'delete-group-snapshot':
        return await this.#with(random.pick(this.#options.knowledge.knownGroupSnapshots()), (one) =>
          this.#ofGroups.deleteGroupSnapshot(label, one),
        );
      case 'copy-group':
        return await this.#with(random.pick(this.#options.knowledge.knownGroups()), (one) =>
          this.#ofGroups.copyGroup(label, random, one),
        );
      case 'delete-group':
        return await this.#with(random.pick(this.#options.knowledge.knownGroups()), (one) =>
          this.#ofGroups.deleteGroup(label, one),
        );
      case 'reset-status':
        return await this.#with(volume, (one) => this.#repairs.volume(label, random, one));
      case 'reset-snapshot':
        return await this.#with(random.pick(this.#options.knowledge.knownSnapshots()), (one) =>
          this.#repairs.snapshot(label, random, one),
        );
      case 'reset-group': {
        const groupSnapshot = random.pick(this.#options.knowledge.knownGroupSnapshots());
        return groupSnapshot !== undefined && random.chance(0.5)
          ? await this.#repairs.groupSnapshot(label, random, groupSnapshot)
          : await this.#with(random.pick(this.#options.knowledge.knownGroups()), (one) =>
              this.#repairs.group(label, random, one),
            );
      }
    }
  }

  /** Ends what has no answer, until it has one: as a compute service does when it comes back. */
  async clearUp(): Promise<void> {
    await this.#ofConnections.clearUp();
  }

  async #with<T>(item: T | undefined, work: (item: T) => Promise<void>): Promise<void> {
    if (item !== undefined) {
      await work(item);
    }
  }
}
