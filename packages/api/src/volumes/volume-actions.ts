import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/volume-manager';
import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { connector, integer, looseBoolean, readObject } from '../http/body.ts';
import { type ApiReply, type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';

type Action = (request: ApiRequest, id: string, body: unknown) => Promise<ApiReply>;

/** `POST volumes/{id}/action`: one key names the action, its value holds the arguments. */
export function volumeActions({ volumes }: BlockStorage): Route {
  const done = async (work: Promise<void>): Promise<ApiReply> => {
    await work;
    return accepted();
  };
  const actions: Readonly<Record<string, { readonly since?: number; readonly run: Action }>> = {
    'os-extend': {
      run: ({ context, minor }, id, body) => {
        const { new_size } = readObject(body, 'os-extend', { new_size: integer }, 0);
        return done(volumes.extend(context, id, new_size, { online: minor >= 42 }));
      },
    },
    revert: {
      since: 40,
      run: ({ context }, id, body) => {
        const { snapshot_id } = readObject(body, 'revert', { snapshot_id: z.string() }, 0);
        return done(volumes.revert(context, id, snapshot_id));
      },
    },
    'os-reset_status': {
      run: ({ context }, id, body) => {
        const asked = readObject(
          body,
          'os-reset_status',
          {
            status: z.string().nullable().optional(),
            attach_status: z.string().nullable().optional(),
            migration_status: z.string().nullable().optional(),
          },
          0,
        );
        return done(
          volumes.resetStatus(context, id, {
            status: asked.status ?? null,
            attachStatus: asked.attach_status ?? null,
            migrationStatus: asked.migration_status ?? null,
          }),
        );
      },
    },
    'os-force_delete': {
      run: ({ context }, id) => done(volumes.delete(context, id, { cascade: false, force: true })),
    },
    'os-reserve': { run: ({ context }, id) => done(volumes.reserve(context, id)) },
    'os-unreserve': { run: ({ context }, id) => done(volumes.unreserve(context, id)) },
    'os-begin_detaching': { run: ({ context }, id) => done(volumes.beginDetaching(context, id)) },
    'os-roll_detaching': { run: ({ context }, id) => done(volumes.rollDetaching(context, id)) },
    'os-attach': {
      run: ({ context }, id, body) => {
        const asked = readObject(
          body,
          'os-attach',
          {
            instance_uuid: z.string().nullable().optional(),
            host_name: z.string().nullable().optional(),
            mountpoint: z.string(),
            mode: z.enum(['rw', 'ro'], { error: "must be 'rw' or 'ro'" }).optional(),
          },
          0,
        );
        const [instanceUuid, hostName] = [asked.instance_uuid ?? null, asked.host_name ?? null];
        if ((instanceUuid === null) === (hostName === null)) {
          throw badRequest(
            'Invalid request to attach volume to an instance and/or a host: exactly one of instance_uuid and host_name is needed.',
          );
        }
        return done(
          volumes.attach(context, id, {
            instanceUuid,
            hostName,
            mountpoint: asked.mountpoint,
            mode: asked.mode ?? 'rw',
          }),
        );
      },
    },
    'os-detach': {
      run: ({ context }, id, body) => {
        const asked = readObject(
          body ?? {},
          'os-detach',
          { attachment_id: z.string().nullable().optional() },
          0,
        );
        return done(volumes.detach(context, id, asked.attachment_id ?? null));
      },
    },
    'os-force_detach': {
      run: ({ context }, id, body) => {
        const asked = readObject(
          body ?? {},
          'os-force_detach',
          { attachment_id: z.string().nullable().optional(), connector: connector.nullable().optional() },
          0,
        );
        return done(volumes.forceDetach(context, id, asked.attachment_id ?? null, asked.connector ?? null));
      },
    },
    'os-initialize_connection': {
      run: async ({ context }, id, body) => {
        const asked = readObject(body, 'os-initialize_connection', { connector }, 0);
        return ok({ connection_info: await volumes.initializeConnection(context, id, asked.connector) });
      },
    },
    'os-terminate_connection': {
      run: ({ context }, id, body) => {
        const asked = readObject(body, 'os-terminate_connection', { connector: connector.nullable() }, 0);
        return done(volumes.terminateConnection(context, id, asked.connector));
      },
    },
    'os-set_bootable': {
      run: async ({ context }, id, body) => {
        const { bootable } = readObject(body, 'os-set_bootable', { bootable: looseBoolean }, 0);
        await volumes.setBootable(context, id, bootable);
        return { status: 200 };
      },
    },
    'os-update_readonly_flag': {
      run: ({ context }, id, body) => {
        const { readonly } = readObject(body, 'os-update_readonly_flag', { readonly: looseBoolean }, 0);
        return done(volumes.setReadonly(context, id, readonly));
      },
    },
    'os-show_image_metadata': {
      run: async ({ context }, id) => {
        await volumes.get(context, id);
        return ok({ metadata: {} });
      },
    },
  };
  return {
    method: 'POST',
    path: '/volumes/:id/action',
    handler: async (request) => {
      const { body } = request;
      const [name, ...others] = typeof body === 'object' && body !== null ? Object.keys(body) : [];
      const action = name === undefined || !Object.hasOwn(actions, name) ? undefined : actions[name];
      if (
        name === undefined ||
        others.length > 0 ||
        action === undefined ||
        request.minor < (action.since ?? 0)
      ) {
        throw badRequest(
          `There is no such action: ${name ?? ''}. Verify the request body and Content-Type header and try again.`,
        );
      }
      try {
        return await action.run(
          request,
          param(request, 'id'),
          typeof body === 'object' && body !== null ? Reflect.get(body, name) : null,
        );
      } catch (error) {
        // A source that is named in a body and not found is the request's fault, not the path's.
        if (error instanceof BlockStorageError && error.code === 'snapshot-not-found' && name === 'revert') {
          throw badRequest(error.message);
        }
        throw error;
      }
    },
  };
}
