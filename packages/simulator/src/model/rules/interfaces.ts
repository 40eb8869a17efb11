import type { ArrayModel } from '../state/array-model.ts';
import type { SimulatedInterface } from '../state/simulated-interface.ts';

/** Services that carry data to hosts: only interfaces with one of them are ports (purity-rest-2.x.md section 7.17). */
const dataServices = new Set(['iscsi', 'nvme-tcp', 'nvme-roce', 'scsi-fc', 'nvme-fc']);

/** A target port. */
export type Port = {
  /** Upper case: `CT0.ETH4`. */
  readonly name: string;
  readonly iqn: string | null;
  readonly nqn: string | null;
  /** 16 upper hexadecimal digits. */
  readonly wwn: string | null;
  /** `address:port`, an IPv6 address in brackets. */
  readonly portal: string | null;
};

export type Controller = {
  /** `CT0`, `CT1`. */
  readonly name: string;
  readonly mode: 'primary' | 'secondary';
  readonly status: 'ready' | 'not ready' | 'updating' | 'unknown';
};

/** The interfaces of an array that was not given any; `index` tells arrays of one simulator apart. */
export function defaultInterfaces(index: number): readonly SimulatedInterface[] {
  const management = `10.21.${3 + 2 * index}`;
  const data = `10.21.${4 + 2 * index}`;
  return [
    { name: 'ct0.eth0', address: `${management}.11`, services: ['management'] },
    { name: 'ct1.eth0', address: `${management}.12`, services: ['management'] },
    { name: 'vir0', address: `${management}.10`, services: ['management'], subtype: 'vif' },
    { name: 'ct0.eth4', address: `${data}.11`, services: ['iscsi'] },
    { name: 'ct0.eth5', address: `${data}.12`, services: ['iscsi'] },
    { name: 'ct1.eth4', address: `${data}.13`, services: ['iscsi'] },
    { name: 'ct1.eth5', address: `${data}.14`, services: ['iscsi'] },
  ];
}

/** Whether it is a Fibre Channel port. */
export function isFibreChannel(device: SimulatedInterface): boolean {
  return device.wwn !== undefined || device.services.some((service) => service.endsWith('-fc'));
}

/** As the array shows it: Ethernet in lower case, Fibre Channel in upper case. */
export function interfaceName(device: SimulatedInterface): string {
  return isFibreChannel(device) ? device.name.toUpperCase() : device.name.toLowerCase();
}

/** Target ports, by name. */
export function ports(model: ArrayModel): readonly Port[] {
  const { targetSuffix } = model.identity;
  return model.settings.interfaces
    .filter((device) => device.services.some((service) => dataServices.has(service)))
    .map((device) => {
      const fibre = isFibreChannel(device);
      const scsi = device.services.includes('iscsi');
      const nvme = device.services.some((service) => service.startsWith('nvme-'));
      return {
        name: device.name.toUpperCase(),
        iqn: scsi ? `iqn.2010-06.com.purestorage:flasharray.${targetSuffix}` : null,
        nqn: nvme ? `nqn.2010-06.com.purestorage:flasharray.${targetSuffix}` : null,
        wwn: fibre ? interfaceWwn(model, device) : null,
        portal: fibre || device.address === null ? null : portal(device.address, scsi ? 3260 : 4420),
      };
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Controllers, by name: at least CT0 and CT1, CT0 primary. */
export function controllers(model: ArrayModel): readonly Controller[] {
  const names = new Set(['CT0', 'CT1']);
  const reported = new Map<string, Controller['status']>();
  for (const device of model.settings.interfaces) {
    const name = /^(ct\d+)\./i.exec(device.name)?.[1]?.toUpperCase();
    if (name === undefined) continue;
    names.add(name);
    if (device.controllerStatus !== undefined) reported.set(name, device.controllerStatus);
  }
  return [...names].sort().map((name) => ({
    name,
    mode: name === 'CT0' ? 'primary' : 'secondary',
    status: model.settings.controllerStatus[name] ?? reported.get(name) ?? 'ready',
  }));
}

/** WWN of a Fibre Channel port: 16 upper hexadecimal digits. */
export function interfaceWwn(model: ArrayModel, device: SimulatedInterface): string {
  if (device.wwn !== undefined) return device.wwn.replaceAll(':', '').toUpperCase();
  const index = model.settings.interfaces.indexOf(device);
  return `524A937${model.identity.targetSuffix.slice(0, 7)}${index.toString(16).padStart(2, '0')}`.toUpperCase();
}

/** A hardware address made up from the array and the position of the interface. */
export function macAddress(model: ArrayModel, device: SimulatedInterface): string {
  const index = model.settings.interfaces.indexOf(device);
  const digits = `5254${model.identity.targetSuffix.slice(0, 6)}${index.toString(16).padStart(2, '0')}`;
  return (digits.match(/../g) ?? []).join(':');
}

/** Bits per second. */
export function interfaceSpeed(device: SimulatedInterface): number {
  if (isFibreChannel(device)) return 32_000_000_000;
  return device.services.includes('management') ? 1_000_000_000 : 25_000_000_000;
}

function portal(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
