import type { SessionHttp } from '../http/session-http.ts';
import { formatRestVersion } from '../shared/negotiate.ts';
import type { ArrayRoles } from '../shared/roles.ts';
import type { SpokenVersion } from '../shared/spoken-version.ts';
import { Rest1Arrays } from './arrays.ts';
import { Rest1Client } from './client.ts';
import { Rest1Connections } from './connections.ts';
import { Rest1Health } from './health.ts';
import { nvmeVersion, personalityVersion, Rest1Hosts } from './hosts.ts';
import { Rest1Pods } from './pods.ts';
import { Rest1NetworkInterfaces, Rest1Ports } from './ports.ts';
import { Rest1ProtectionGroups } from './protection-groups.ts';
import { Rest1Snapshots, snapshotRenameVersion } from './snapshots.ts';
import { Rest1Tags, tagVersion } from './tags.ts';
import { Rest1VolumeGroups } from './volume-groups.ts';
import { bandwidthVersion, containerVersion, iopsVersion, Rest1Volumes } from './volumes.ts';

/** Everything of the port that REST 1.2 to 1.19 does. */
export function rest1Roles(http: SessionHttp, version: SpokenVersion): ArrayRoles {
  const client = new Rest1Client(http, version);
  return {
    protocol: { generation: 'rest1', version: formatRestVersion(version.current) },
    capabilities: {
      tags: client.has(tagVersion),
      hostPersonality: client.has(personalityVersion),
      defaultProtection: false,
      connectionCounts: false,
      nvme: client.has(nvmeVersion),
      nvmeTcp: false,
      bandwidthLimits: client.has(bandwidthVersion),
      iopsLimits: client.has(iopsVersion),
      containers: client.has(containerVersion),
      snapshotRename: client.has(snapshotRenameVersion),
    },
    volumes: new Rest1Volumes(client),
    snapshots: new Rest1Snapshots(client),
    volumeGroups: new Rest1VolumeGroups(client),
    pods: new Rest1Pods(client),
    protectionGroups: new Rest1ProtectionGroups(client),
    hosts: new Rest1Hosts(client),
    connections: new Rest1Connections(client),
    ports: new Rest1Ports(client),
    networkInterfaces: new Rest1NetworkInterfaces(client),
    arrays: new Rest1Arrays(client),
    tags: new Rest1Tags(client),
    health: new Rest1Health(client),
  };
}
