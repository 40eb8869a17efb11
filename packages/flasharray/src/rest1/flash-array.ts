import type { SessionHttp } from '../http/session-http.ts';
import { formatRestVersion, type RestVersion } from '../negotiate.ts';
import type { ArrayRoles } from '../roles.ts';
import { Rest1Arrays } from './arrays.ts';
import { Rest1Client } from './client.ts';
import { Rest1Connections } from './connections.ts';
import { personalityVersion, Rest1Hosts } from './hosts.ts';
import { Rest1NetworkInterfaces, Rest1Ports } from './ports.ts';
import { Rest1Snapshots } from './snapshots.ts';
import { Rest1Tags, tagVersion } from './tags.ts';
import { Rest1Volumes } from './volumes.ts';

/** Everything of the port that REST 1.2 to 1.19 does. */
export function rest1Roles(http: SessionHttp, version: RestVersion): ArrayRoles {
  const client = new Rest1Client(http, version);
  return {
    protocol: { generation: 'rest1', version: formatRestVersion(version) },
    capabilities: {
      tags: client.has(tagVersion),
      hostPersonality: client.has(personalityVersion),
      defaultProtection: false,
      connectionCounts: false,
    },
    volumes: new Rest1Volumes(client),
    snapshots: new Rest1Snapshots(client),
    hosts: new Rest1Hosts(client),
    connections: new Rest1Connections(client),
    ports: new Rest1Ports(client),
    networkInterfaces: new Rest1NetworkInterfaces(client),
    arrays: new Rest1Arrays(client),
    tags: new Rest1Tags(client),
  };
}
