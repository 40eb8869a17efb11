import { highestMinor, lowestMinor } from '../http/microversion.ts';

/** The list that clients discover the service by. */
export function versionsBody(endpoint: string): Readonly<Record<string, unknown>> {
  return {
    versions: [
      {
        id: 'v3.0',
        status: 'CURRENT',
        version: `3.${highestMinor}`,
        min_version: `3.${lowestMinor}`,
        updated: '2022-08-31T00:00:00Z',
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
