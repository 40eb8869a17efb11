import type { SessionHttp } from '../http/session-http.ts';
import { formatRestVersion } from '../shared/negotiate.ts';
import type { ArrayRoles } from '../shared/roles.ts';
import type { SpokenVersion } from '../shared/spoken-version.ts';
import { Rest2Arrays } from './arrays.ts';
import { Rest2Client } from './client.ts';
import { Rest2Connections } from './connections.ts';
import { Rest2Health } from './health.ts';
import { Rest2Hosts } from './hosts.ts';
import { Rest2Pods } from './pods.ts';
import { Rest2NetworkInterfaces, Rest2Ports } from './ports.ts';
import { Rest2ProtectionGroups } from './protection-groups.ts';
import { Rest2Snapshots } from './snapshots.ts';
import { Rest2Tags } from './tags.ts';
import { Rest2VolumeGroups } from './volume-groups.ts';
import { defaultProtectionVersion, Rest2Volumes } from './volumes.ts';

/** Everything of the port that REST 2.x does. */
export function rest2Roles(http: SessionHttp, version: SpokenVersion): ArrayRoles {
  const client = new Rest2Client(http, version);
  return {
    protocol: { generation: 'rest2', version: formatRestVersion(version.current) },
    capabilities: {
      tags: true,
      hostPersonality: true,
      defaultProtection: client.has(defaultProtectionVersion),
      connectionCounts: true,
      nvme: true,
      nvmeTcp: false,
      bandwidthLimits: true,
      iopsLimits: true,
      containers: true,
      snapshotRename: true,
    },
    volumes: new Rest2Volumes(client),
    snapshots: new Rest2Snapshots(client),
    volumeGroups: new Rest2VolumeGroups(client),
    pods: new Rest2Pods(client),
    protectionGroups: new Rest2ProtectionGroups(client),
    hosts: new Rest2Hosts(client),
    connections: new Rest2Connections(client),
    ports: new Rest2Ports(client),
    networkInterfaces: new Rest2NetworkInterfaces(client),
    arrays: new Rest2Arrays(client),
    tags: new Rest2Tags(client),
    health: new Rest2Health(client),
  };
}
