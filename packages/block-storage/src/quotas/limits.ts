import type { Records } from '@cinder-flasharray/store';

/** `limits.absolute`: resource name to number, as the API calls them. */
export interface LimitsView {
  readonly limits: Readonly<Record<string, number>>;
  readonly usages: Readonly<Record<string, { readonly inUse: number; readonly reserved: number }>>;
}

export async function limits({ quotas }: Pick<Records, 'quotas'>, projectId: string): Promise<LimitsView> {
  return { limits: await quotas.limits(projectId), usages: await quotas.usages(projectId) };
}
