import type { ArrayModel } from '../state/array-model.ts';
import type { Pod } from '../state/records.ts';
import type { Named, Registry } from '../state/registry.ts';
import { checkPodName, createPod } from './containers.ts';
import { anyPod, livePod } from './pod-lookup.ts';
import { inPod } from './pod-mirror.ts';

/** Renames a pod, and what is in it, on all its arrays. What was replicated from it keeps its name on the target. */
export function renamePod(model: ArrayModel, name: string, newName: string): Pod {
  const pod = livePod(model, name);
  checkPodName(model, newName, pod.id);
  const rename = <T extends Named>(registry: Registry<T>): (() => void) => {
    const records = inPod(registry, pod.name);
    return () => {
      for (const record of records) {
        registry.put({ ...record, name: newName + record.name.slice(pod.name.length) });
      }
    };
  };
  const contents = [
    rename(model.volumeGroups),
    rename(model.volumes),
    rename(model.protectionGroups),
    rename(model.groupSnapshots),
    rename(model.snapshots),
  ];
  // The pod first: what is put into it is told to its other arrays.
  const renamed = model.pods.put({ ...pod, name: newName });
  for (const renameKind of contents) renameKind();
  return renamed;
}

/**
 * A new pod with copies of the volumes of another one. Of what an array has kept of a pod that it was taken out of,
 * this is the only way back (purity-rest-2.x.md section 8.6).
 */
export function clonePod(model: ArrayModel, name: string, sourceName: string, quota: number | null): Pod {
  const source = anyPod(model, sourceName);
  const clone = createPod(model, name, quota);
  const isCloned = (record: { readonly eradicateAt: number | null }): boolean =>
    record.eradicateAt === source.eradicateAt;
  const newName = (old: string): string => clone.name + old.slice(source.name.length);
  for (const group of inPod(model.volumeGroups, source.name).filter(isCloned)) {
    model.volumeGroups.put({ ...group, id: model.newId(), name: newName(group.name), eradicateAt: null });
  }
  for (const volume of inPod(model.volumes, source.name).filter(isCloned)) {
    model.volumes.put({
      ...volume,
      id: model.newId(),
      serial: model.newSerial(),
      name: newName(volume.name),
      created: model.now(),
      source: { id: volume.id, name: volume.name },
      eradicateAt: null,
    });
  }
  model.dataVersion += 1;
  return model.pods.put({ ...clone, source: { id: source.id, name: source.name } });
}
