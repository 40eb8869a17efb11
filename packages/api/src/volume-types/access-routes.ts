import type { BlockStorage } from '@cinder-flasharray/block-storage';
import { actionRoute } from '../http/actions.ts';
import { readObject } from '../http/body.ts';
import { text } from '../http/fields.ts';
import { accepted, ok, param, type Route } from '../http/route.ts';

/** Which projects see a private type. */
export function accessRoutes(volumeTypes: BlockStorage['volumeTypes']): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/types/:id/os-volume-type-access',
      handler: async (request) => {
        const id = param(request, 'id');
        const projects = await volumeTypes.accessList(request.context, id);
        return ok({
          volume_type_access: projects.map((project) => ({ volume_type_id: id, project_id: project })),
        });
      },
    },
    actionRoute('types', {
      addProjectAccess: {
        run: async ({ context, minor }, id, argument) => {
          const { project } = readObject(argument, 'addProjectAccess', { project: text }, minor);
          await volumeTypes.addAccess(context, id, project);
          return accepted();
        },
      },
      removeProjectAccess: {
        run: async ({ context, minor }, id, argument) => {
          const { project } = readObject(argument, 'removeProjectAccess', { project: text }, minor);
          await volumeTypes.removeAccess(context, id, project);
          return accepted();
        },
      },
    }),
  ];
}
