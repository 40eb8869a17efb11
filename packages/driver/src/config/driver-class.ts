/** What a `volume_driver` of Cinder's stands for. */
export interface DriverClass {
  readonly protocol: 'iscsi' | 'fibre-channel' | 'nvme';
  /** The class's own name: the default of `volume_backend_name`, and what the array's telemetry knows. */
  readonly name: string;
  /** The class's VERSION, as statistics report it. */
  readonly version: string;
}

/** Name under which the vendor's continuous integration of the driver is known. */
export const ciWikiName = 'Pure_Storage_CI';

const modulePath = 'cinder.volume.drivers.pure';

/** The driver classes that Cinder's configuration may name, by protocol. */
export const driverClasses: Readonly<Record<DriverClass['protocol'], DriverClass>> = {
  iscsi: { protocol: 'iscsi', name: 'PureISCSIDriver', version: '22.0.iscsi' },
  'fibre-channel': { protocol: 'fibre-channel', name: 'PureFCDriver', version: '22.0.fc' },
  nvme: { protocol: 'nvme', name: 'PureNVMEDriver', version: '22.0.nvme' },
};

/** Values that `volume_driver` takes. */
export const driverClassPaths: readonly string[] = Object.values(driverClasses).map(
  ({ name }) => `${modulePath}.${name}`,
);

/** The class of a `volume_driver`, or null. */
export function findDriverClass(path: string): DriverClass | null {
  return Object.values(driverClasses).find(({ name }) => `${modulePath}.${name}` === path) ?? null;
}
