import { highestMinor, lowestMinor } from '../http/microversion.ts';

/** When the newest microversion appeared. Source: Cinder 21's answer. */
const updated = '2022-08-31T00:00:00Z';

/** The list that clients discover the service by: the answer to `GET /`, `/v3` and `/v3/`. */
export function versionsBody(endpoint: string): Readonly<Record<string, unknown>> {
  return {
    versions: [
      {
        id: 'v3.0',
        status: 'CURRENT',
        version: `3.${highestMinor}`,
        min_version: `3.${lowestMinor}`,
        updated,
        links: [
          { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
          { rel: 'self', href: `${endpoint}/v3/` },
        ],
        'media-types': [
          { base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' },
        ],
      },
    ],
  };
}
