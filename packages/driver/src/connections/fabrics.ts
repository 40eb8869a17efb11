import type { Fabric } from '../config/fabric.ts';

/** Ports that see each other on one Fibre Channel fabric. WWNs are 16 upper-case hex digits. */
export interface DeviceMapping {
  readonly initiators: readonly string[];
  readonly targets: readonly string[];
}

/** Knows which ports share a fabric: a switch does, or somebody wrote it down. */
export interface FabricLookup {
  /** For each fabric, which of the given ports are on it. */
  deviceMapping(initiators: readonly string[], targets: readonly string[]): Promise<readonly DeviceMapping[]>;
}

/** A lookup that asks no switch: the fabrics are written down. */
export function staticFabricLookup(fabrics: readonly Fabric[]): FabricLookup {
  return {
    deviceMapping: async (initiators, targets) =>
      fabrics.map(({ members }) => ({
        initiators: initiators.filter((wwn) => members.has(wwn)),
        targets: targets.filter((wwn) => members.has(wwn)),
      })),
  };
}
