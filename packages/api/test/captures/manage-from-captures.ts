import type { ManageableSnapshot } from '@cinder-flasharray/block-storage';
import { z } from 'zod';
import { word } from './records-from-captures.ts';

/** A volume or snapshot of the array as it must have been below an answer of Cinder's. */
export const manageableBody = z
  .object({
    reference: z.record(z.string(), z.unknown()),
    size: z.number(),
    safe_to_manage: z.boolean(),
    reason_not_safe: word.optional(),
    cinder_id: word.optional(),
    extra_info: word.optional(),
    source_reference: z.record(z.string(), z.unknown()).optional(),
  })
  .transform(
    (body): ManageableSnapshot => ({
      reference: body.reference,
      size: body.size,
      safeToManage: body.safe_to_manage,
      reasonNotSafe: body.reason_not_safe ?? null,
      cinderId: body.cinder_id ?? null,
      extraInfo: body.extra_info ?? null,
      sourceReference: body.source_reference ?? {},
    }),
  );
