import type { JsonObject } from '../http/messages.ts';
import {
  anyVolumeGroup,
  changeVolumeGroup,
  createVolumeGroup,
  destroyVolumeGroup,
  eradicateVolumeGroup,
  recoverVolumeGroup,
  renameVolumeGroup,
  volumesInGroup,
} from '../model/rules/containers.ts';
import { Refusal } from '../model/rules/refusal.ts';
import { parseBandwidthLimit, parseIopsLimit } from '../model/rules/sizes.ts';
import type { VolumeGroup } from '../model/state/records.ts';
import { isShown, list, NoSuchCall, type Rest1Answer, type Rest1Call, timeRemaining, value } from './call.ts';

/** `vgroup[/G]` (purity-rest-1.x.md section 2.10). */
export function answerVolumeGroups(call: Rest1Call, name: string): Rest1Answer {
  const { model, method, parameters } = call;
  switch (method) {
    case 'POST': {
      const group = createVolumeGroup(model, name);
      return value(groupRow(call, limited(call, group)));
    }
    case 'PUT': {
      const newName = parameters.text('name');
      if (newName !== undefined) return value({ name: renameVolumeGroup(model, name, newName).name });
      if (parameters.text('action') === 'recover') {
        return value({ name: recoverVolumeGroup(model, name).name });
      }
      const changed = limited(call, changeVolumeGroup(model, name, {}));
      return value(qosRow(changed));
    }
    case 'DELETE': {
      const gone = parameters.flag('eradicate')
        ? eradicateVolumeGroup(model, name, false)
        : destroyVolumeGroup(model, name, false);
      return value({ name: gone.name });
    }
    case 'GET': {
      if (name === '') {
        return list(
          model.volumeGroups
            .sorted()
            .filter(({ eradicateAt }) => isShown(call, eradicateAt))
            .map((group) => groupRow(call, group)),
        );
      }
      const group = anyVolumeGroup(model, name);
      if (!isShown(call, group.eradicateAt)) throw new Refusal('Volume group does not exist.', name);
      return value(groupRow(call, group));
    }
    default:
      throw new NoSuchCall(405);
  }
}

/** Limits of volume groups arrive in REST 1.17; the empty text clears one. */
function limited({ model, minor, parameters }: Rest1Call, group: VolumeGroup): VolumeGroup {
  if (minor < 17) return group;
  const limit = (key: string, parse: (raw: unknown, context: string) => number): number | null =>
    parameters.text(key) === '' ? null : parse(parameters.value(key), group.name);
  return changeVolumeGroup(model, group.name, {
    qos: {
      ...(parameters.has('bandwidth_limit')
        ? { bandwidthLimit: limit('bandwidth_limit', parseBandwidthLimit) }
        : {}),
      ...(parameters.has('iops_limit') ? { iopsLimit: limit('iops_limit', parseIopsLimit) } : {}),
    },
  });
}

function groupRow(call: Rest1Call, group: VolumeGroup): JsonObject {
  const { model, minor, parameters } = call;
  if (parameters.flag('qos') && minor >= 17) return qosRow(group);
  const pending = parameters.flag('pending') || parameters.flag('pending_only');
  return {
    name: group.name,
    volumes: volumesInGroup(model, group)
      .filter(({ eradicateAt }) => eradicateAt === null)
      .map((volume) => volume.name),
    ...(pending ? { time_remaining: timeRemaining(call, group.eradicateAt) } : {}),
  };
}

function qosRow({ name, qos }: VolumeGroup): JsonObject {
  return { name, bandwidth_limit: qos.bandwidthLimit, iops_limit: qos.iopsLimit };
}
