import type { BlockStorage } from '@cinder-flasharray/block-storage';
import { z } from 'zod';
import { type Action, actionRoute } from '../http/actions.ts';
import { badRequest } from '../http/api-error.ts';
import { readObject } from '../http/body.ts';
import { chosenHost } from '../http/chosen-host.ts';
import {
  attachMode,
  connector,
  looseBoolean,
  migrationPolicy,
  optionalUuid,
  optionalWord,
  text,
  uuid,
  volumeSize,
} from '../http/fields.ts';
import { type ApiReply, accepted, ok, type Route } from '../http/route.ts';

/** `POST volumes/{id}/action`. */
export function volumeActions({ volumes, manage }: BlockStorage): Route {
  return actionRoute('volumes', {
    ...stateActions(volumes),
    ...placeActions(volumes),
    'os-unmanage': { run: ({ context }, id) => done(manage.unmanageVolume(context, id)) },
    ...attachActions(volumes),
    ...connectionActions(volumes),
  });
}

type Actions = Readonly<Record<string, Action>>;

const done = async (work: Promise<void>): Promise<ApiReply> => {
  await work;
  return accepted();
};

function stateActions(volumes: BlockStorage['volumes']): Actions {
  return {
    'os-extend': {
      run: ({ context, minor }, id, argument) => {
        const { new_size } = readObject(argument, 'os-extend', { new_size: volumeSize }, minor);
        return done(volumes.extend(context, id, new_size, { online: minor >= 42 }));
      },
    },
    revert: {
      since: 40,
      run: async ({ context, minor }, id, argument) => {
        const { snapshot_id } = readObject(argument, 'revert', { snapshot_id: z.string().nullish() }, minor);
        if (snapshot_id == null) {
          throw badRequest(`Specified snapshot None is None or not the latest one of volume ${id}.`);
        }
        return await done(volumes.revert(context, id, snapshot_id));
      },
    },
    'os-reset_status': {
      run: async ({ context, minor }, id, argument) => {
        const asked = readObject(argument, 'os-reset_status', resetShape, minor);
        if (asked.status == null && asked.attach_status == null && asked.migration_status == null) {
          throw badRequest("Must specify 'status', 'attach_status' or 'migration_status' for update.");
        }
        return await done(
          volumes.resetStatus(context, id, {
            status: asked.status?.toLowerCase() ?? null,
            attachStatus: asked.attach_status?.toLowerCase() ?? null,
            migrationStatus: asked.migration_status?.toLowerCase() ?? null,
          }),
        );
      },
    },
    'os-force_delete': {
      run: ({ context }, id) => done(volumes.delete(context, id, { cascade: false, force: true })),
    },
    'os-set_bootable': {
      run: async ({ context, minor }, id, argument) => {
        const { bootable } = readObject(argument, 'os-set_bootable', { bootable: looseBoolean }, minor);
        await volumes.setBootable(context, id, bootable);
        return { status: 200 };
      },
    },
    'os-update_readonly_flag': {
      run: ({ context, minor }, id, argument) => {
        const { readonly } = readObject(
          argument,
          'os-update_readonly_flag',
          { readonly: looseBoolean },
          minor,
        );
        return done(volumes.setReadonly(context, id, readonly));
      },
    },
    // No volume is made from an image here, so none has image metadata.
    'os-show_image_metadata': {
      run: async ({ context }, id) => {
        await volumes.get(context, id);
        return ok({ metadata: {} });
      },
    },
  };
}

/** What would move a volume, or change what it is. */
function placeActions(volumes: BlockStorage['volumes']): Actions {
  return {
    'os-retype': {
      run: ({ context, minor }, id, argument) => {
        const asked = readObject(argument, 'os-retype', retypeShape, minor);
        const migrationPolicy = asked.migration_policy ?? 'never';
        return done(volumes.retype(context, id, { newType: asked.new_type, migrationPolicy }));
      },
    },
    'os-migrate_volume': {
      run: async ({ context, minor }, id, argument) => {
        const asked = readObject(argument, 'os-migrate_volume', migrateShape, minor);
        const host = chosenHost({ host: asked.host, cluster: asked.cluster }, minor, clusterSince);
        return await done(volumes.migrate(context, id, host));
      },
    },
  };
}

/** The steps compute services took before the attachments API. */
function attachActions(volumes: BlockStorage['volumes']): Actions {
  return {
    'os-reserve': { run: ({ context }, id) => done(volumes.reserve(context, id)) },
    'os-unreserve': { run: ({ context }, id) => done(volumes.unreserve(context, id)) },
    'os-begin_detaching': { run: ({ context }, id) => done(volumes.beginDetaching(context, id)) },
    'os-roll_detaching': { run: ({ context }, id) => done(volumes.rollDetaching(context, id)) },
    'os-attach': {
      run: async ({ context, minor }, id, argument) => {
        const asked = readObject(argument, 'os-attach', attachShape, minor);
        const instanceUuid = asked.instance_uuid ?? null;
        const hostName = asked.host_name ?? null;
        if (instanceUuid === null && hostName === null) {
          throw badRequest(
            'Invalid request to attach volume to an invalid target: instance_uuid or host_name is needed.',
          );
        }
        if (instanceUuid !== null && hostName !== null) {
          throw badRequest('Invalid request to attach volume to an instance and a host at the same time.');
        }
        const { mountpoint, mode = 'rw' } = asked;
        return await done(volumes.attach(context, id, { instanceUuid, hostName, mountpoint, mode }));
      },
    },
    'os-detach': {
      run: ({ context, minor }, id, argument) => {
        const asked = readObject(argument ?? {}, 'os-detach', { attachment_id: optionalUuid }, minor);
        return done(volumes.detach(context, id, asked.attachment_id ?? null));
      },
    },
    'os-force_detach': {
      run: ({ context, minor }, id, argument) => {
        const asked = readObject(
          argument ?? {},
          'os-force_detach',
          { attachment_id: optionalWord, connector: connector.nullish() },
          minor,
        );
        return done(volumes.forceDetach(context, id, asked.attachment_id ?? null, asked.connector ?? null));
      },
    },
  };
}

function connectionActions(volumes: BlockStorage['volumes']): Actions {
  return {
    'os-initialize_connection': {
      run: async ({ context, minor }, id, argument) => {
        const asked = readObject(argument, 'os-initialize_connection', { connector }, minor);
        return ok({ connection_info: await volumes.initializeConnection(context, id, asked.connector) });
      },
    },
    'os-terminate_connection': {
      run: ({ context, minor }, id, argument) => {
        const asked = readObject(
          argument,
          'os-terminate_connection',
          { connector: connector.nullable() },
          minor,
        );
        return done(volumes.terminateConnection(context, id, asked.connector));
      },
    },
  };
}

/** First microversion in which a volume may go to a cluster. */
const clusterSince = 16;

const retypeShape = {
  new_type: z.string(),
  migration_policy: migrationPolicy.nullish(),
} as const;

const migrateShape = {
  host: optionalWord,
  cluster: optionalWord,
  force_host_copy: looseBoolean.optional(),
  lock_volume: looseBoolean.optional(),
} as const;

const resetShape = {
  status: optionalWord,
  attach_status: optionalWord,
  migration_status: optionalWord,
} as const;

const attachShape = {
  instance_uuid: uuid.optional(),
  host_name: text.optional(),
  mountpoint: text,
  mode: attachMode.optional(),
} as const;
