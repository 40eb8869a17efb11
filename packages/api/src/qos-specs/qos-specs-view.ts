import type { QosSpecsRecord } from '@cinder-flasharray/store';
import type { ApiRequest } from '../http/route.ts';
import { linksOf } from '../http/view.ts';

/** QoS specs in a list. */
export function qosSpecsCore(specs: QosSpecsRecord): Readonly<Record<string, unknown>> {
  return { id: specs.id, name: specs.name, consumer: specs.consumer, specs: specs.specs };
}

/** QoS specs by themselves: the links stand beside them. */
export function qosSpecsView(request: ApiRequest, specs: QosSpecsRecord): Readonly<Record<string, unknown>> {
  return { qos_specs: qosSpecsCore(specs), links: linksOf(request, 'qos-specs', specs.id) };
}
