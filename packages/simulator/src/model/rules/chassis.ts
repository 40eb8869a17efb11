import type { ArrayModel } from '../state/array-model.ts';
import type { DriveStatus, HardwareStatus, PartChanges } from '../state/hardware.ts';
import { controllers, interfaceSpeed, isFibreChannel } from './interfaces.ts';
import { Refusal } from './refusal.ts';

/** Kinds of components, in the words of REST 2.51 (purity-rest-2.x.md section 7.20). */
export type ComponentType =
  | 'chassis'
  | 'controller'
  | 'cooling'
  | 'drive_bay'
  | 'eth_port'
  | 'fc_port'
  | 'nvram_bay'
  | 'power_supply'
  | 'temp_sensor';

/** A component of the array (purity-rest-2.x.md section 7.20). */
export type Component = {
  /** `CT0`, `CT0.FAN1`, `CT0.ETH4`, `CH0.BAY3`. */
  readonly name: string;
  readonly type: ComponentType;
  readonly index: number;
  readonly status: HardwareStatus;
  readonly details: string | null;
  readonly identify: boolean;
  readonly slot: number | null;
  readonly model: string | null;
  readonly serial: string | null;
  /** Bits per second, as interfaces have it. */
  readonly speed: number | null;
  /** Degrees Celsius. */
  readonly temperature: number | null;
  /** Volts. */
  readonly voltage: number | null;
};

/** A drive in a bay of the chassis. */
export type Drive = {
  readonly name: string;
  readonly type: 'SSD' | 'NVRAM';
  readonly status: DriveStatus;
  readonly details: string | null;
  readonly capacity: number;
};

const bays = 10;
const nvramBays = 2;
const fans = 3;
const nvramBytes = 16 * 1024 ** 3;

type Plan = Pick<Component, 'name' | 'type' | 'index'> & Partial<Component>;

/** One chassis with its bays and power supplies, its controllers, and a port for each interface of theirs; by name. */
export function components(model: ArrayModel): readonly Component[] {
  const plans: readonly Plan[] = [
    { name: 'CH0', type: 'chassis', index: 0, model: 'FA-X70R3' },
    ...numbered(bays, 'CH0.BAY', 'drive_bay', {}),
    ...numbered(nvramBays, 'CH0.NVB', 'nvram_bay', {}),
    ...numbered(2, 'CH0.PWR', 'power_supply', { voltage: 206 }),
    ...controllers(model).flatMap(({ name }): readonly Plan[] => [
      { name, type: 'controller', index: Number(name.replace(/\D/g, '')), model: 'FA-X70R3' },
      ...numbered(fans, `${name}.FAN`, 'cooling', {}),
      ...numbered(2, `${name}.TMP`, 'temp_sensor', { temperature: 24 }),
    ]),
    ...portPlans(model),
  ];
  return plans
    .map((plan): Component => {
      const change = model.hardware[plan.name] ?? {};
      const status = change.status ?? 'ok';
      const identify = change.identify ?? status === 'identifying';
      return {
        slot: null,
        model: null,
        speed: null,
        temperature: null,
        voltage: null,
        ...plan,
        serial: plan.type === 'chassis' || plan.type === 'controller' ? serial(model, plan.name) : null,
        // The light goes over what is well; what is broken stays so.
        status: identify && status === 'ok' ? 'identifying' : status,
        details: change.details ?? null,
        identify,
      };
    })
    .sort((left, right) => (left.name.toLowerCase() < right.name.toLowerCase() ? -1 : 1));
}

/** A drive in each bay that is not empty; by name. */
export function drives(model: ArrayModel): readonly Drive[] {
  const filled = (name: string, type: Drive['type'], capacity: number): Drive => {
    const change = model.drives[name] ?? {};
    return { name, type, capacity, status: change.status ?? 'healthy', details: change.details ?? null };
  };
  const capacity = Math.ceil(model.settings.capacity / bays);
  return [
    ...numbered(bays, 'CH0.BAY', 'drive_bay', {}).map(({ name }) => filled(name, 'SSD', capacity)),
    ...numbered(nvramBays, 'CH0.NVB', 'nvram_bay', {}).map(({ name }) => filled(name, 'NVRAM', nvramBytes)),
  ].sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** @throws Refusal `Hardware component does not exist.` */
export function changeHardware(
  model: ArrayModel,
  name: string,
  change: PartChanges<HardwareStatus>[string],
): void {
  const component = components(model).find((each) => each.name === name.toUpperCase());
  if (component === undefined) throw noComponent(name);
  const { name: key } = component;
  model.hardware = { ...model.hardware, [key]: { ...model.hardware[key], ...change } };
}

/** @throws Refusal `Drive does not exist.` */
export function changeDrive(model: ArrayModel, name: string, change: PartChanges<DriveStatus>[string]): void {
  const drive = drives(model).find((each) => each.name === name.toUpperCase());
  if (drive === undefined) throw noDrive(name);
  model.drives = { ...model.drives, [drive.name]: { ...model.drives[drive.name], ...change } };
}

export function noComponent(name: string): Refusal {
  return new Refusal('Hardware component does not exist.', name);
}

export function noDrive(name: string): Refusal {
  return new Refusal('Drive does not exist.', name);
}

/** Interfaces of a controller are ports in the hardware, whatever they are used for; virtual ones are not. */
function portPlans(model: ArrayModel): readonly Plan[] {
  return model.settings.interfaces.flatMap((device): readonly Plan[] => {
    const [, name, number] = /^(CT\d+\.(?:ETH|FC)(\d+))$/.exec(device.name.toUpperCase()) ?? [];
    if (name === undefined) return [];
    const type = isFibreChannel(device) ? 'fc_port' : 'eth_port';
    const index = Number(number);
    // The first four Ethernet ports are on the controller itself, the others on cards.
    const slot = type === 'fc_port' || index >= 4 ? Math.floor(index / 4) : null;
    return [{ name, type, index, slot, speed: interfaceSpeed(device) }];
  });
}

function numbered(
  count: number,
  prefix: string,
  type: ComponentType,
  more: Partial<Component>,
): readonly Plan[] {
  return Array.from({ length: count }, (_, index) => ({ name: `${prefix}${index}`, type, index, ...more }));
}

function serial(model: ArrayModel, name: string): string {
  return `PSM${model.identity.targetSuffix.slice(0, 6)}${name}`.toUpperCase();
}
