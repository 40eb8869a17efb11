import { describe, expect, it } from 'vitest';
import { testApi } from '../support/api.ts';
import { type Captured, captures, capturesArePresent } from './captured.ts';
import { serviceBelow } from './service-below.ts';

/** What Cinder has and this service has not (README): collections, and single routes or actions of others. */
const unservedCollections = [
  'backups',
  'clusters',
  'default-types',
  'os-volume-transfer',
  'volume-transfers',
  'workers',
];
const unservedRoutes =
  /^(PUT os-quota-sets|PUT os-services\/(get-log|set-log)|POST types\/[^/]+\/encryption)/;
const unservedActions = [
  'disable_replication',
  'enable_replication',
  'failover_replication',
  'list_replication_targets',
  'os-migrate_volume_completion',
  'os-reimage',
  'os-set_image_metadata',
  'os-volume_upload_image',
];

/** Answers that are right and other: what is different, and why. */
const knownDifferences: Readonly<Record<string, string>> = {
  '97-lists #9: GET resource_filters': 'lists the resources that are served',
  '97-lists #10: GET extensions': 'lists the extensions that are served',
  '49-readonly-bootable-metadata #8: POST volumes/995315aa-c8af-4d87-95c9-33d5270fb8d8/action':
    'no volume has image metadata',
};

/** Refusals that the API makes by itself, before the service below is asked. */
const ownRefusals = [
  '96-errors #1:',
  '96-errors #2:',
  '96-errors #3:',
  '96-errors #4:',
  '96-errors #5:',
  '96-errors #6:',
  '96-errors #8:',
  '96-errors #9:',
  '96-errors #11:',
];

const isUnserved = ({ resource, action, request }: Captured): boolean =>
  unservedCollections.includes(resource.split('/')[0] ?? '') ||
  unservedRoutes.test(`${request.method} ${resource}`) ||
  (action !== null && unservedActions.includes(action));
/** Needs images, quotas or replicas that no part of the service below can stand for. */
const isOutside = ({ request, response, resource }: Captured): boolean =>
  /"(imageRef|backup_id)":"/.test(JSON.stringify(request.body)) ||
  JSON.stringify(response.body).includes('"volume_image_metadata"') ||
  /^(os-quota|limits)/.test(resource);

const served = captures().filter(
  (one) => !isUnserved(one) && !isOutside(one) && knownDifferences[one.name] === undefined,
);
const unserved = captures().filter(isUnserved);

/** Cinder keeps microseconds of what it has just made; a `Date` has milliseconds. */
const inMilliseconds = (text: string): string =>
  text.replaceAll(/("created_at":"[^"]*\.\d{3})\d{3}"/g, '$1000"');

async function replay({ request }: Captured, parts: Parameters<typeof testApi>[0]) {
  const api = await testApi(parts);
  return await api.ask({
    method: request.method,
    path: `/${request.url}`,
    version: null,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    ...(request.body === null ? {} : { body: request.body }),
  });
}

describe.skipIf(!capturesArePresent)('answers of a real Cinder, replayed where they are at hand', () => {
  it('are enough of them to mean something', () => {
    expect(served.length).toBeGreaterThan(100);
    expect(unserved.length).toBeGreaterThan(20);
  });

  it.each(served.map((one) => [one.name, one] as const))('%s', async (name, captured) => {
    const own = ownRefusals.some((beginning) => name.startsWith(beginning));
    const { response } = captured;
    const answer = await replay(captured, own ? {} : serviceBelow(captured));
    expect(answer.text).toBe(response.body === null ? '' : inMilliseconds(JSON.stringify(response.body)));
    expect(answer.status).toBe(response.status);
    expect(answer.headers['openstack-api-version']).toBe(response.headers['Openstack-Api-Version']);
    expect(answer.headers.vary).toBe(response.headers.Vary);
    expect(answer.headers['retry-after']).toBe(response.headers['Retry-After']);
    expect(answer.headers.etag).toBe(response.headers.Etag);
  });

  it.each(unserved.map((one) => [one.name, one] as const))('is not served: %s', async (_name, captured) => {
    const answer = await replay(captured, {});
    if (captured.action !== null && /^(volumes|snapshots|attachments|groups)\//.test(captured.resource)) {
      expect(answer.status).toBe(400);
      expect(answer.text).toContain(`There is no such action: ${captured.action}.`);
    } else {
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({
        message: 'The resource could not be found.<br /><br />\n\n\n',
        code: '404 Not Found',
        title: 'Not Found',
      });
    }
  });
});
