import type { FaultEffect, SimulatorControl } from '@cinder-flasharray/simulator';
import { z } from 'zod';
import { type Reply, type Service, until } from '../processes.ts';
import { compareRecords } from './compare.ts';
import { Contents } from './contents.ts';
import type { Random } from './random.ts';
import { isSettled, type Records, readRecords, type SnapshotRow, type VolumeRow } from './records.ts';

const array = 'fa1';
const gib = 2 ** 30;
const hosts = ['alpha', 'beta', 'gamma'] as const;
const types = ['plain', 'limited', 'gold', 'silver'] as const;
const groupType = 'consistent';
const mostVolumes = 24;

/** No second try makes this one go away. */
const lastingEffect: FaultEffect = { kind: 'status', status: 400, message: 'The array is out of order.' };

const idRow = z.object({ id: z.string() });

/** What is known from outside: what was asked for, and what each volume must hold. */
export class World {
  readonly #control: SimulatorControl;
  readonly #random: Random;
  readonly #contents: Contents;
  /** Hosts by attachment. */
  readonly #attachedTo = new Map<string, string>();
  /** Faults that last. */
  readonly #lasting = new Set<string>();
  #records: Records = { volumes: [], snapshots: [], attachments: [], groups: [], groupSnapshots: [] };
  #serial = 0;
  #logged = 0;

  constructor(control: SimulatorControl, random: Random) {
    this.#control = control;
    this.#random = random;
    this.#contents = new Contents(control, array, random);
  }

  /** Types that volumes and groups may have. */
  async prepare(service: Service): Promise<void> {
    const post = async (path: string, body: unknown): Promise<Reply> => {
      const reply = await service.request('POST', path, body);
      if (reply.status >= 300) {
        throw new Error(`POST ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
      }
      return reply;
    };
    await service.request('PUT', '/os-quota-sets/0123456789abcdef0123456789abcdef', {});
    const specs = await post('/qos-specs', {
      qos_specs: { name: 'limits', consumer: 'back-end', maxIOPS: '500', maxBWS_per_GB: '2' },
    });
    for (const name of types) {
      const group = name === 'gold' || name === 'silver' ? { 'flasharray:vg_name': name } : {};
      const made = await post('/types', { volume_type: { name, extra_specs: group } });
      if (name === 'limited') {
        const [specsId, typeId] = [idOf(specs, 'qos_specs'), idOf(made, 'volume_type')];
        await service.request('GET', `/qos-specs/${specsId}/associate?vol_type_id=${typeId}`);
      }
    }
    const made = await post('/group_types', { group_type: { name: groupType } });
    await post(`/group_types/${idOf(made, 'group_type')}/group_specs`, {
      group_specs: { consistent_group_snapshot_enabled: '<is> True' },
    });
  }

  /** Some rounds have none, some faults that pass, some faults that last. */
  async armFaults(round: number): Promise<readonly string[]> {
    if (round % 3 === 0) {
      return [];
    }
    const methods = ['POST', 'PATCH', 'PUT', 'DELETE', 'GET'] as const;
    const effects: readonly FaultEffect[] = [
      { kind: 'status', status: 503, message: 'Busy.' },
      { kind: 'cut', phase: 'before-apply' },
      { kind: 'cut', phase: 'after-apply' },
      ...(round % 3 === 1 ? [] : [lastingEffect]),
    ];
    const armed: string[] = [];
    for (let count = 1 + this.#random.below(3); count > 0; count -= 1) {
      const method = this.#random.pick(methods) ?? 'POST';
      const effect = this.#random.pick(effects) ?? lastingEffect;
      const { id } = await this.#control.addFault(array, {
        match: { method },
        skip: this.#random.below(25),
        times: 1,
        ...effect,
      });
      armed.push(id);
      if (effect === lastingEffect) {
        this.#lasting.add(id);
      }
    }
    return armed;
  }

  /** @returns whether a fault that lasts has struck */
  async endFaults(armed: readonly string[]): Promise<boolean> {
    const faults = await this.#control.faults(array);
    await this.#control.clearFaults(array);
    // A fault that struck as often as it may is disarmed: what is not listed any more has struck.
    const struck = armed.filter((id) => !faults.some((fault) => fault.id === id && fault.struck === 0));
    return struck.some((id) => this.#lasting.has(id));
  }

  /** Waits until the array has been asked some more, or nothing is asked any more. */
  async someRequests(count: number): Promise<void> {
    const before = this.#logged;
    const deadline = Date.now() + 1_500;
    while (Date.now() < deadline) {
      const requests = await this.#control.requests(array, { since: before });
      if (requests.length >= count) {
        break;
      }
    }
  }

  /** Asks for random operations side by side, each on objects of its own. @returns how many were asked */
  async act(service: Service, count: number): Promise<number> {
    const requests = await this.#control.requests(array);
    this.#logged = requests.at(-1)?.sequence ?? 0;
    const busy = new Set<string>();
    const asked: Promise<void>[] = [];
    for (let attempt = 0; attempt < count; attempt += 1) {
      const operation = this.#operation(service, busy);
      if (operation !== null) {
        asked.push(operation.catch(() => undefined));
      }
    }
    await Promise.all(asked);
    return asked.length;
  }

  /** Until nothing is under way. */
  async settle(service: Service): Promise<void> {
    // A fault may have struck the start: what was left is taken up when the back end has come up after all.
    await until('the back end', async () => ((await service.isHealthy()) ? true : null));
    this.#records = await until('the work of a round', async () => {
      const records = await readRecords(service);
      return isSettled(records) ? records : null;
    });
  }

  async compare(service: Service, permanentFaults: boolean): Promise<readonly string[]> {
    this.#records = await readRecords(service);
    const state = await this.#control.state(array);
    return [
      ...compareRecords(this.#records, state, (id) => this.#attachedTo.get(id), permanentFaults),
      ...(await this.#contents.compare(this.#records)),
    ];
  }

  /** Removes what ended in error, so that the next round begins with what is well. */
  async sweep(service: Service): Promise<void> {
    const inError = ({ status }: { readonly status: string }): boolean => status.startsWith('error');
    for (let pass = 0; pass < 6; pass += 1) {
      const records = await readRecords(service);
      await this.#freeFailedVolumes(service, records);
      for (const { id } of records.attachments.filter(inError)) {
        await service.request('DELETE', `/attachments/${id}`);
      }
      for (const { id } of records.groupSnapshots.filter(inError)) {
        await service.request('POST', `/group_snapshots/${id}/action`, { reset_status: { status: 'error' } });
        await service.request('DELETE', `/group_snapshots/${id}`);
      }
      for (const { id, group_snapshot_id: member } of records.snapshots.filter(inError)) {
        if (member === null) {
          await service.request('POST', `/snapshots/${id}/action`, {
            'os-reset_status': { status: 'error' },
          });
          await service.request('DELETE', `/snapshots/${id}`);
        }
      }
      for (const { id } of records.groups.filter(inError)) {
        await service.request('POST', `/groups/${id}/action`, { delete: { 'delete-volumes': true } });
      }
      for (const { id, status } of records.volumes.filter(inError)) {
        if (status !== 'error_managing') {
          await service.request('POST', `/volumes/${id}/action`, { 'os-reset_status': { status: 'error' } });
        }
        await service.request('DELETE', `/volumes/${id}?cascade=True`);
      }
      await this.settle(service);
      if (!Object.values(this.#records).flat().some(inError)) {
        break;
      }
    }
    await this.#contents.writeFresh(this.#records);
  }

  /** A volume that is attached or in a group cannot be deleted by itself. */
  async #freeFailedVolumes(service: Service, records: Records): Promise<void> {
    for (const { id, group_id: group } of records.volumes.filter(({ status }) =>
      status.startsWith('error'),
    )) {
      for (const attachment of records.attachments.filter(({ volume_id: volume }) => volume === id)) {
        await service.request('DELETE', `/attachments/${attachment.id}`);
      }
      if (group === null) {
        continue;
      }
      for (const snapshot of records.groupSnapshots.filter(({ group_id: of }) => of === group)) {
        await service.request('DELETE', `/group_snapshots/${snapshot.id}`);
      }
      await service.request('PUT', `/groups/${group}`, { group: { remove_volumes: id } });
    }
  }

  /** One operation on objects that no other one of the round has, or null when there are none for it. */
  #operation(service: Service, busy: Set<string>): Promise<void> | null {
    const free = this.#records.volumes.filter(
      ({ id, status }) => !busy.has(id) && (status === 'available' || status === 'in-use'),
    );
    const idle = free.filter(({ status }) => status === 'available');
    const alone = idle.filter(({ id, group_id: group }) => group === null && !this.#hasSnapshots(id));
    const take = (volume: VolumeRow | undefined): VolumeRow | undefined => {
      if (volume !== undefined) {
        busy.add(volume.id);
      }
      return volume;
    };
    const post = (path: string, body: unknown) => service.request('POST', path, body);
    const pick = this.#random.below(16);
    switch (pick) {
      case 0:
      case 1:
        return this.#records.volumes.length < mostVolumes ? this.#create(service, busy) : null;
      case 2:
        return this.#onVolume(take(this.#random.pick(free)), (volume) => this.#clone(service, volume));
      case 3:
        return this.#fromSnapshot(service, busy);
      case 4:
        return this.#onVolume(take(this.#random.pick(idle)), async (volume) => {
          await post(`/volumes/${volume.id}/action`, { 'os-extend': { new_size: volume.size + 1 } });
        });
      case 5:
        return this.#onVolume(take(this.#random.pick(free)), (volume) => this.#snapshot(service, volume));
      case 6:
        return this.#deleteSnapshot(service, busy);
      case 7:
        return this.#onVolume(take(this.#random.pick(idle)), (volume) => this.#revert(service, volume));
      case 8:
        return this.#onVolume(take(this.#random.pick(idle)), (volume) => this.#attach(service, volume));
      case 9:
        return this.#detach(service, busy);
      case 10:
        return this.#onVolume(take(this.#random.pick(alone)), async (volume) => {
          await service.request('DELETE', `/volumes/${volume.id}`);
        });
      case 11:
        return this.#onVolume(
          take(this.#random.pick(free.filter(({ group_id: group }) => group === null))),
          async (volume) => {
            const newType = this.#random.pick(types.filter((name) => name !== volume.volume_type));
            await post(`/volumes/${volume.id}/action`, {
              'os-retype': { new_type: newType, migration_policy: 'never' },
            });
          },
        );
      case 12:
        return this.#changeGroup(service, busy, free);
      case 13:
        return this.#groupSnapshot(service, busy);
      case 14:
        return this.#copyOrDeleteGroup(service, busy);
      default:
        return this.#manage(service, take(this.#random.pick(alone)));
    }
  }

  #onVolume(volume: VolumeRow | undefined, work: (volume: VolumeRow) => Promise<void>): Promise<void> | null {
    return volume === undefined ? null : work(volume);
  }

  #hasSnapshots(id: string): boolean {
    return this.#records.snapshots.some(({ volume_id: volume }) => volume === id);
  }

  async #create(service: Service, busy: Set<string>): Promise<void> {
    const group = this.#random.chance(0.3)
      ? this.#random.pick(
          this.#records.groups.filter(({ id, status }) => !busy.has(id) && status === 'available'),
        )
      : undefined;
    if (group !== undefined) {
      // Nobody deletes it meanwhile.
      busy.add(group.id);
    }
    const volume = {
      size: 1 + this.#random.below(3),
      volume_type: group === undefined ? this.#random.pick(types) : 'plain',
      ...(group === undefined ? {} : { group_id: group.id }),
    };
    await service.request('POST', '/volumes', { volume });
  }

  async #clone(service: Service, source: VolumeRow): Promise<void> {
    const volume = { size: source.size + this.#random.below(2), source_volid: source.id };
    const made = await service.request('POST', '/volumes', { volume });
    this.#contents.expectVolume(idOf(made, 'volume'), this.#contents.ofVolume(source.id));
  }

  #fromSnapshot(service: Service, busy: Set<string>): Promise<void> | null {
    const snapshot = this.#pickSnapshot(busy);
    return snapshot === undefined
      ? null
      : (async () => {
          const volume = { size: snapshot.size + this.#random.below(2), snapshot_id: snapshot.id };
          const made = await service.request('POST', '/volumes', { volume });
          this.#contents.expectVolume(idOf(made, 'volume'), this.#contents.ofSnapshot(snapshot.id));
        })();
  }

  async #snapshot(service: Service, volume: VolumeRow): Promise<void> {
    const snapshot = { volume_id: volume.id, force: true };
    const content = this.#contents.ofVolume(volume.id);
    const made = await service.request('POST', '/snapshots', { snapshot });
    this.#contents.expectSnapshot(idOf(made, 'snapshot'), content);
  }

  #deleteSnapshot(service: Service, busy: Set<string>): Promise<void> | null {
    const snapshot = this.#pickSnapshot(busy, true);
    return snapshot === undefined
      ? null
      : service.request('DELETE', `/snapshots/${snapshot.id}`).then(() => undefined);
  }

  /** A snapshot whose volume nobody works on in this round. */
  #pickSnapshot(busy: Set<string>, single = false): SnapshotRow | undefined {
    const found = this.#random.pick(
      this.#records.snapshots.filter(
        ({ id, status, volume_id: volume, group_snapshot_id: group }) =>
          status === 'available' && !busy.has(id) && !busy.has(volume) && (!single || group === null),
      ),
    );
    if (found !== undefined) {
      busy.add(found.id);
      busy.add(found.volume_id);
      if (found.group_snapshot_id !== null) {
        busy.add(found.group_snapshot_id);
      }
    }
    return found;
  }

  async #revert(service: Service, volume: VolumeRow): Promise<void> {
    const listed = await service.request(
      'GET',
      `/snapshots?volume_id=${volume.id}&sort=created_at:desc&limit=1`,
    );
    const [latest] = z.array(idRow).parse(listed.body.snapshots);
    if (latest === undefined) {
      return;
    }
    this.#contents.mayRevert(volume.id, latest.id);
    await service.request('POST', `/volumes/${volume.id}/action`, { revert: { snapshot_id: latest.id } });
  }

  async #attach(service: Service, volume: VolumeRow): Promise<void> {
    const host = this.#random.pick(hosts) ?? 'alpha';
    const reserved = await service.request('POST', '/attachments', {
      attachment: { volume_uuid: volume.id, instance_uuid: '77777777-7777-4777-8777-777777777777' },
    });
    const id = idOf(reserved, 'attachment');
    this.#attachedTo.set(id, host);
    const connector = { host, initiator: `iqn.1994-05.com.redhat:${host}`, ip: '127.0.0.1' };
    const made = await service.request('PUT', `/attachments/${id}`, { attachment: { connector } });
    if (made.status === 200) {
      await service.request('POST', `/attachments/${id}/action`, { 'os-complete': null });
    } else {
      await service.request('DELETE', `/attachments/${id}`);
    }
  }

  #detach(service: Service, busy: Set<string>): Promise<void> | null {
    const found = this.#random.pick(
      this.#records.attachments.filter(({ volume_id: volume }) => !busy.has(volume)),
    );
    if (found === undefined) {
      return null;
    }
    busy.add(found.volume_id);
    return service.request('DELETE', `/attachments/${found.id}`).then(() => undefined);
  }

  #changeGroup(service: Service, busy: Set<string>, free: readonly VolumeRow[]): Promise<void> | null {
    const group = this.#random.pick(
      this.#records.groups.filter(({ id, status }) => !busy.has(id) && status === 'available'),
    );
    if (group === undefined || this.#random.chance(0.3)) {
      return this.#records.groups.length > 3
        ? null
        : service
            .request('POST', '/groups', { group: { group_type: groupType, volume_types: [...types] } })
            .then(() => undefined);
    }
    if (this.#records.groupSnapshots.some(({ group_id: id }) => id === group.id)) {
      return null;
    }
    busy.add(group.id);
    const volume = this.#random.pick(
      free.filter(({ id, group_id: own }) => !busy.has(id) && (own === null || own === group.id)),
    );
    if (volume === undefined) {
      return null;
    }
    busy.add(volume.id);
    const change = volume.group_id === null ? { add_volumes: volume.id } : { remove_volumes: volume.id };
    return service.request('PUT', `/groups/${group.id}`, { group: change }).then(() => undefined);
  }

  #groupSnapshot(service: Service, busy: Set<string>): Promise<void> | null {
    const old = this.#random.pick(
      this.#records.groupSnapshots.filter(({ id, status }) => !busy.has(id) && status === 'available'),
    );
    if (old !== undefined && this.#random.chance(0.5)) {
      busy.add(old.id);
      const members = this.#records.snapshots.filter(({ group_snapshot_id: id }) => id === old.id);
      if (members.some(({ id }) => busy.has(id))) {
        return null;
      }
      for (const { id } of members) {
        busy.add(id);
      }
      return service.request('DELETE', `/group_snapshots/${old.id}`).then(() => undefined);
    }
    const group = this.#freeGroup(busy);
    return group === null
      ? null
      : service
          .request('POST', '/group_snapshots', { group_snapshot: { group_id: group } })
          .then(() => undefined);
  }

  /** A group none of whose volumes is worked on in this round; all are taken. */
  #freeGroup(busy: Set<string>): string | null {
    const group = this.#random.pick(
      this.#records.groups.filter(({ id, status }) => !busy.has(id) && status === 'available'),
    );
    const members = this.#records.volumes.filter(({ group_id: id }) => id === group?.id);
    if (group === undefined || members.length === 0 || members.some(({ id }) => busy.has(id))) {
      return null;
    }
    busy.add(group.id);
    for (const { id } of members) {
      busy.add(id);
    }
    return group.id;
  }

  #copyOrDeleteGroup(service: Service, busy: Set<string>): Promise<void> | null {
    const group = this.#freeGroup(busy);
    if (group === null) {
      return null;
    }
    const body =
      this.#random.chance(0.5) && this.#records.volumes.length < mostVolumes
        ? ['/groups/action', { 'create-from-src': { source_group_id: group } }]
        : [`/groups/${group}/action`, { delete: { 'delete-volumes': true } }];
    return service.request('POST', String(body[0]), body[1]).then(() => undefined);
  }

  /** Takes over a volume that an administrator made, or lets one go. */
  #manage(service: Service, volume: VolumeRow | undefined): Promise<void> | null {
    if (volume !== undefined && this.#random.chance(0.3)) {
      return service
        .request('POST', `/volumes/${volume.id}/action`, { 'os-unmanage': {} })
        .then(() => undefined);
    }
    this.#serial += 1;
    const name = `admin-made-${this.#serial}`;
    return (async () => {
      await this.#control.admin(array, { kind: 'createVolume', name, size: 2 * gib });
      await service.request('POST', '/manageable_volumes', {
        volume: { host: 'node1@puredriver-1', ref: { 'source-name': name }, volume_type: 'plain' },
      });
    })();
  }
}

function idOf(reply: Reply, key: string): string {
  const row = idRow.safeParse(reply.body[key]);
  if (!row.success) {
    throw new Error(`no ${key} in ${reply.status} ${JSON.stringify(reply.body)}`);
  }
  return row.data.id;
}
