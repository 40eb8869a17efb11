import { bytesOf } from '../simulation/knowledge.ts';
import { connectorOf, instances } from '../simulation/machines.ts';
import { consistentType } from '../simulation/site.ts';
import type { OldService } from './old-service.ts';
import type { UpgradeSite } from './state-files.ts';

const gib = 2 ** 30;
const host = 'alpha';

/** Makes the scene that each kind of work begins with. @returns ids by name */
export async function buildScene(
  service: OldService,
  site: UpgradeSite,
): Promise<Readonly<Record<string, string>>> {
  const scene = new SceneBuilder(service);
  await scene.types(site);
  await (site === 'one' ? scene.oneArray() : scene.replicated(`mirror-${site}`));
  return scene.ids;
}

class SceneBuilder {
  readonly ids: Record<string, string> = {};
  readonly #service: OldService;

  constructor(service: OldService) {
    this.#service = service;
  }

  async types(site: UpgradeSite): Promise<void> {
    const mirror = { replication_enabled: '<is> True', replication_type: `<in> ${site}` };
    const specs: Readonly<Record<string, object>> =
      site === 'one'
        ? { limited: {}, gold: { 'flasharray:vg_name': 'gold' } }
        : { [`mirror-${site}`]: mirror };
    // The service has made the type that is the default.
    const { body } = await this.#service.ask({ method: 'GET', path: '/types/default' });
    this.ids['type plain'] = String(Reflect.get(Object(body.volume_type), 'id'));
    for (const [name, extra] of Object.entries(specs)) {
      await this.#make(`type ${name}`, '/types', 'volume_type', { name, extra_specs: extra });
    }
    if (site === 'one') {
      const id = await this.#make('qos limited', '/qos-specs', 'qos_specs', {
        name: 'limited',
        consumer: 'back-end',
        maxIOPS: '500',
        maxBWS_per_GB: '2',
      });
      await this.#service.ask({
        method: 'GET',
        path: `/qos-specs/${id}/associate?vol_type_id=${this.#id('type limited')}`,
      });
      const type = await this.#make('group type consistent', '/group_types', 'group_type', {
        name: consistentType,
      });
      await this.#post(`/group_types/${type}/group_specs`, {
        group_specs: { consistent_group_snapshot_enabled: '<is> True' },
      });
    }
  }

  async replicated(type: string): Promise<void> {
    await this.#volume('plain', 'plain', 1);
    await this.#volume('mirror', type, 2);
    const { control } = this.#service.simulator;
    if (type === 'mirror-async') {
      await control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
    }
  }

  async oneArray(): Promise<void> {
    const { control } = this.#service.simulator;
    await this.#volume('plain', 'plain', 1);
    await control.admin('fa1', {
      kind: 'createSnapshot',
      volume: `volume-${this.#id('volume plain')}-cinder`,
      suffix: 'admin-made',
    });
    await this.#volume('snapped', 'plain', 2);
    await this.#snapshot('first', 'snapped');
    await this.#write('snapped', 3);
    await this.#snapshot('second', 'snapped');
    await this.#write('snapped', 4);
    await this.#volume('gold', 'gold', 5);
    await this.#volume('reserved', 'plain', 6);
    await this.#attachment('reserved', null);
    await this.#volume('connected', 'plain', 7);
    await this.#attachment('connected', connectorOf(host));
    await this.#volume('older', 'plain', 8);
    await this.#attachOlder('older');
    await this.#volume('waiting', 'plain', 9);
    await this.#action('volumes', 'volume waiting', { 'os-reserve': {} });
    await this.#group();
    await control.admin('fa1', { kind: 'createVolume', name: 'admin-made', size: 2 * gib });
    await control.writeVolume('fa1', 'admin-made', 0, bytesOf(14));
  }

  async #group(): Promise<void> {
    const group = await this.#make('group pair', '/groups', 'group', {
      name: 'pair',
      group_type: this.#id('group type consistent'),
      volume_types: [this.#id('type plain')],
    });
    await this.#volume('one', 'plain', 10, { group_id: group });
    await this.#volume('other', 'plain', 11, { group_id: group });
    await this.#make('group snapshot pair', '/group_snapshots', 'group_snapshot', {
      group_id: group,
      name: 'pair',
    });
    const { body } = await this.#service.ask({ method: 'GET', path: '/snapshots/detail' });
    for (const row of Array.isArray(body.snapshots) ? body.snapshots : []) {
      for (const name of ['one', 'other']) {
        if (Reflect.get(Object(row), 'volume_id') === this.#id(`volume ${name}`)) {
          this.ids[`snapshot of ${name}`] = String(Reflect.get(Object(row), 'id'));
        }
      }
    }
    await this.#write('one', 12);
    await this.#write('other', 13);
  }

  /** By the calls of before there were attachments; its client has begun to detach. */
  async #attachOlder(name: string): Promise<void> {
    const volume = `volume ${name}`;
    await this.#action('volumes', volume, { 'os-reserve': {} });
    await this.#action('volumes', volume, { 'os-initialize_connection': { connector: connectorOf(host) } });
    await this.#action('volumes', volume, {
      'os-attach': { instance_uuid: instances[host], mountpoint: '/dev/vdb', mode: 'rw' },
    });
    await this.#action('volumes', volume, { 'os-begin_detaching': {} });
  }

  async #attachment(name: string, connector: object | null): Promise<void> {
    const id = await this.#make(`attachment of ${name}`, '/attachments', 'attachment', {
      volume_uuid: this.#id(`volume ${name}`),
      instance_uuid: instances[host],
      ...(connector === null ? {} : { connector }),
    });
    if (connector !== null) {
      await this.#post(`/attachments/${id}/action`, { 'os-complete': null });
    }
  }

  async #volume(name: string, type: string, value: number, more: object = {}): Promise<void> {
    await this.#make(`volume ${name}`, '/volumes', 'volume', { name, size: 1, volume_type: type, ...more });
    await this.#write(name, value);
  }

  async #write(name: string, value: number): Promise<void> {
    const { control } = this.#service.simulator;
    const own = `volume-${this.#id(`volume ${name}`)}-cinder`;
    const { volumes } = await control.state('fa1');
    const found = volumes.find((volume) => volume.name.endsWith(own));
    await control.writeVolume('fa1', found?.name ?? own, 0, bytesOf(value));
  }

  async #snapshot(name: string, of: string): Promise<void> {
    await this.#make(`snapshot ${name}`, '/snapshots', 'snapshot', {
      name,
      volume_id: this.#id(`volume ${of}`),
    });
  }

  async #action(kind: string, name: string, body: unknown): Promise<void> {
    await this.#post(`/${kind}/${this.#id(name)}/action`, body);
  }

  async #make(name: string, path: string, key: string, about: object): Promise<string> {
    const { body } = await this.#service.ask({ method: 'POST', path, body: { [key]: about } });
    const id = String(Reflect.get(Object(body[key]), 'id'));
    this.ids[name] = id;
    await this.#service.settle();
    return id;
  }

  async #post(path: string, body: unknown): Promise<void> {
    await this.#service.ask({ method: 'POST', path, body });
    await this.#service.settle();
  }

  #id(name: string): string {
    const id = this.ids[name];
    if (id === undefined) {
      throw new Error(`the scene has no ${name}`);
    }
    return id;
  }
}
