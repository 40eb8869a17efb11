import { createHash } from 'node:crypto';
import { BlockStorageError, type RequestContext } from '@cinder-flasharray/block-storage';
import type { Metadata } from '@cinder-flasharray/store';
import { badRequest } from './api-error.ts';
import { readWholeBody } from './body.ts';
import { metadata } from './fields.ts';
import { type ApiReply, type ApiRequest, ok, param, type Route } from './route.ts';

/** What a collection whose objects have metadata offers. */
export interface MetadataOwner {
  readonly get: (context: RequestContext, id: string) => Promise<{ readonly metadata: Metadata }>;
  readonly setMetadata: (
    context: RequestContext,
    id: string,
    metadata: Metadata,
    how: 'merge' | 'replace',
  ) => Promise<Metadata>;
  readonly deleteMetadata: (context: RequestContext, id: string, key: string) => Promise<void>;
}

/** First microversion whose answers carry an Etag. */
const etagSince = 15;

/**
 * `{collection}/{id}/metadata` and its keys: the user's own, without what shows through from admin metadata.
 * @param kind `Volume`, as messages name it
 */
export function metadataRoutes(
  collection: string,
  kind: string,
  { get, setMetadata, deleteMetadata }: MetadataOwner,
): readonly Route[] {
  const path = `/${collection}/:id/metadata`;
  const own = async (request: ApiRequest): Promise<Metadata> =>
    (await get(request.context, param(request, 'id'))).metadata;
  const write =
    (how: 'merge' | 'replace') =>
    async (request: ApiRequest): Promise<ApiReply> => {
      const asked = readWholeBody(request.body, { metadata }, request.minor);
      return ok({ metadata: await setMetadata(request.context, param(request, 'id'), asked.metadata, how) });
    };
  return [
    { method: 'GET', path, handler: async (request) => tagged({ metadata: await own(request) }, request) },
    { method: 'POST', path, handler: write('merge') },
    { method: 'PUT', path, handler: write('replace') },
    {
      method: 'GET',
      path: `${path}/:key`,
      handler: async (request) => {
        const key = param(request, 'key');
        const value = (await own(request))[key];
        if (value === undefined) {
          throw new BlockStorageError(
            'key-not-found',
            `${kind} ${param(request, 'id')} has no metadata with key ${key}.`,
          );
        }
        return tagged({ meta: { [key]: value } }, request);
      },
    },
    {
      method: 'PUT',
      path: `${path}/:key`,
      handler: async (request) => {
        const { meta } = readWholeBody(request.body, { meta: metadata }, request.minor);
        const [key, ...others] = Object.keys(meta);
        if (others.length > 0) {
          throw badRequest('Request body contains too many items');
        }
        if (key !== param(request, 'key')) {
          throw badRequest('Request body and URI mismatch');
        }
        await setMetadata(request.context, param(request, 'id'), meta, 'merge');
        return ok({ meta });
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:key`,
      handler: async (request) => {
        await deleteMetadata(request.context, param(request, 'id'), param(request, 'key'));
        return { status: 200 };
      },
    },
  ];
}

/** A reader that sees the same tag may keep what it has. The tag only compares; it protects nothing. */
function tagged(body: Readonly<Record<string, Metadata>>, { minor }: ApiRequest): ApiReply {
  return minor < etagSince
    ? ok(body)
    : { status: 200, body, headers: { Etag: createHash('md5').update(spaced(body)).digest('hex') } };
}

/** JSON with a space after `:` and `,`, as Cinder hashes it. */
function spaced(body: Readonly<Record<string, Metadata>>): string {
  const pairs = (object: object, inner: (value: unknown) => string): string =>
    `{${Object.entries(object)
      .map(([key, value]) => `${JSON.stringify(key)}: ${inner(value)}`)
      .join(', ')}}`;
  return pairs(body, (metadata) =>
    typeof metadata === 'object' && metadata !== null
      ? pairs(metadata, (value) => JSON.stringify(value))
      : '',
  );
}
