import { type Metadata, type QosConsumer, qosConsumers } from '@cinder-flasharray/store';
import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { readObject, readWholeBody } from '../http/body.ts';
import { listOf, metadata, name, text } from '../http/fields.ts';

interface AskedSpecs {
  readonly consumer: QosConsumer | null;
  readonly specs: Metadata;
}

/** Name, consumer and keys stand side by side in the body. @throws ApiError 400 */
export function newQosSpecsOf(body: unknown, minor: number): AskedSpecs & { readonly name: string } {
  const { qos_specs } = readWholeBody(body, { qos_specs: metadata }, minor);
  const named = readObject(qos_specs, 'qos_specs', { name }, 0);
  const { name: _name, ...keys } = qos_specs;
  return { name: named.name, ...split(keys) };
}

/** @throws ApiError 400 */
export function changedQosSpecsOf(body: unknown, minor: number): AskedSpecs & { readonly shown: Metadata } {
  const { qos_specs } = readWholeBody(body, { qos_specs: metadata }, minor);
  return { ...split(qos_specs), shown: qos_specs };
}

/** Keys of `{ "keys": [...] }`. @throws ApiError 400 */
export function deletedKeysOf(body: unknown, minor: number): readonly string[] {
  return readWholeBody(body, { keys: listOf(key) }, minor).keys;
}

const key = text.refine((given) => given !== '', { error: "'' is too short" });

function split({ consumer, ...specs }: Metadata): AskedSpecs {
  if (consumer === undefined) {
    return { consumer: null, specs };
  }
  const known = z.enum(qosConsumers).safeParse(consumer);
  if (!known.success) {
    throw badRequest(
      `Invalid qos specs: Valid consumer of QoS specs are: ${qosConsumers.map((one) => `'${one}'`).join(', ')}`,
    );
  }
  return { consumer: known.data, specs };
}
