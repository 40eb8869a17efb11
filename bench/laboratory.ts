import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningSimulator, type SimulatorControl, startSimulator } from '@cinder-flasharray/simulator';
import { prepareService, type ServicePlace } from '../packages/cli/test/processes.ts';

/** Name of the one array. */
export const array = 'fa1';

/** Simulated arrays in this process, which keep no state on the disk, and the service in a process of its own. */
export interface Laboratory {
  readonly control: SimulatorControl;
  readonly simulator: RunningSimulator;
  readonly place: ServicePlace;
  close(): Promise<void>;
}

/** What an array offers. */
export interface Generation {
  readonly purityVersion?: string;
  readonly restVersions?: readonly string[];
}

export async function openLaboratory(generation: Generation): Promise<Laboratory> {
  const folder = await mkdtemp(join(tmpdir(), 'bench '));
  const simulator = await startSimulator({
    arrays: [{ name: array, ...generation }],
    tlsDirectory: join(folder, 'tls'),
  });
  const [running] = simulator.arrays;
  const place = await prepareService(
    folder,
    {
      address: running?.address ?? '',
      token: running?.apiTokens.pureuser ?? '',
      caFile: simulator.caFile ?? '',
    },
    // The periodic report must not come between.
    'backend_stats_polling_interval = 86400',
  );
  return {
    control: simulator.control,
    simulator,
    place,
    close: async () => {
      await place.killAll();
      await simulator.close();
      await rm(folder, { recursive: true });
    },
  };
}
