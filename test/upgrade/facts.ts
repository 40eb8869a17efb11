import type { ArrayState, SimulatorControl } from '@cinder-flasharray/simulator';
import { writtenValue } from '../simulation/knowledge.ts';
import { hostNames, initiatorOf } from '../simulation/machines.ts';
import { currentArray } from '../simulation/oracle-input.ts';
import type { Rows } from '../simulation/rows.ts';
import type { Site } from '../simulation/site.ts';

/** What rows and the current array say together, in words, by the object that it is about. */
export type Facts = Readonly<Record<string, string>>;

interface Seen {
  readonly rows: Rows;
  readonly site: Site;
  /** Names of the objects that were there before, by id. */
  readonly names: ReadonlyMap<string, string>;
}

/** New objects are called `made`; where there are several, with what they hold. */
export async function factsOf({ rows, site, names }: Seen): Promise<Facts> {
  const { control } = site.simulator;
  const array = await control.state(currentArray(site, rows));
  const facts = new Map<string, string>();
  const held = new Map<string, string>();
  for (const { id, provider_id: name } of [...rows.volumes, ...rows.snapshots]) {
    held.set(id, await heldBy(control, array, name));
  }
  const nameIn = (list: readonly { readonly id: string }[], id: string): string => {
    const fresh = list.filter((row) => !names.has(row.id));
    return names.get(id) ?? (fresh.length === 1 ? 'made' : `made (${held.get(id) ?? 'nothing'})`);
  };
  const volumeName = (id: string): string => nameIn(rows.volumes, id);
  for (const { id, status, size, type, replication_status: replication } of rows.volumes) {
    facts.set(
      `volume ${volumeName(id)}`,
      [
        status,
        `${size} GiB`,
        type ?? 'no type',
        ...(held.get(id) === 'nothing' ? [] : [`holds ${held.get(id)}`]),
        ...(replication === null || site.arrays.size === 1 ? [] : [replication]),
      ].join(', '),
    );
  }
  for (const { id, status, volume_id: of, volume_size: size } of rows.snapshots) {
    facts.set(
      `snapshot ${nameIn(rows.snapshots, id)}`,
      `${status}, of ${volumeName(of)}, ${size} GiB, holds ${held.get(id)}`,
    );
  }
  for (const { volume_id: of, attach_status: status, attached_host: host } of rows.attachments) {
    facts.set(
      `attachment of ${volumeName(of)}`,
      [status ?? 'nothing', ...(host === null ? [] : [host])].join(', '),
    );
  }
  for (const { id, status } of rows.groups) {
    const members = rows.volumes.filter(({ group_id: own }) => own === id).map((row) => volumeName(row.id));
    facts.set(
      `group ${nameIn(rows.groups, id)}`,
      `${status}, of ${members.length === 0 ? 'no volume' : members.toSorted().join(', ')}`,
    );
  }
  for (const { id, status, group_id: group } of rows.groupSnapshots) {
    facts.set(
      `group snapshot ${nameIn(rows.groupSnapshots, id)}`,
      `${status}, of ${nameIn(rows.groups, group)}`,
    );
  }
  const active = rows.service?.active_backend_id ?? '';
  facts.set('service', `${rows.service?.replication_status}${active === '' ? '' : `, to ${active}`}`);
  for (const [name, fact] of await otherFacts(control, array, names)) {
    facts.set(name, fact);
  }
  return Object.fromEntries(facts);
}

/** Connections, and volumes and snapshots of which there is no row. */
async function otherFacts(
  control: SimulatorControl,
  array: ArrayState,
  names: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const facts = new Map<string, string>();
  for (const { volume, host } of array.connections) {
    const machine = hostNames.find((one) =>
      array.hosts.some(({ name, iqns }) => name === host && iqns.includes(initiatorOf(one))),
    );
    const [, id = ''] = /volume-([0-9a-f-]{36})-cinder/.exec(volume) ?? [];
    const key = `connection of ${names.get(id) ?? volume}`;
    facts.set(key, [facts.get(key), machine ?? String(host)].filter((one) => one !== undefined).join(', '));
  }
  const live = [...array.volumes, ...array.snapshots].filter(({ destroyed }) => !destroyed);
  for (const { name } of live) {
    // A snapshot's name is cut so that the suffix fits.
    const [, kind, id = ''] = /(volume|snapshot)-([0-9a-f-]{20,36}?)(?:-cinder)?-unmanaged$/.exec(name) ?? [];
    if (kind !== undefined) {
      const [, own = id] = [...names].find(([whole]) => whole.startsWith(id)) ?? [];
      facts.set(`unmanaged ${kind} ${own}`, `holds ${await heldBy(control, array, name)}`);
    } else if (name === 'admin-made') {
      facts.set(`by hand ${name}`, `holds ${await heldBy(control, array, name)}`);
    }
  }
  return facts;
}

async function heldBy(control: SimulatorControl, array: ArrayState, name: string | null): Promise<string> {
  const isThere = [...array.volumes, ...array.snapshots].some(
    (object) => object.name === name && !object.destroyed,
  );
  return name === null || !isThere
    ? 'nothing'
    : String(writtenValue(await control.readVolume(array.name, name, 0, 8)));
}
