import type { Alert, NewAlert } from '../state/alert.ts';
import type { ArrayModel } from '../state/array-model.ts';
import { Refusal } from './refusal.ts';

/** @throws Refusal `Alert does not exist.` */
export function anyAlert(model: ArrayModel, name: string): Alert {
  const alert = model.alerts.byName(name);
  if (alert === undefined) throw noAlert(name);
  return alert;
}

export function noAlert(name: string): Refusal {
  return new Refusal('Alert does not exist.', name);
}

/** Opens an alert. Alerts are never deleted, so they are numbered by how many there are. */
export function raiseAlert(model: ArrayModel, alert: NewAlert): Alert {
  const now = model.now();
  return model.alerts.put({
    id: model.newId(),
    name: String(model.alerts.size + 1),
    code: alert.code ?? 7,
    severity: alert.severity,
    category: alert.category ?? 'hardware',
    componentType: alert.componentType,
    componentName: alert.componentName,
    summary: alert.summary,
    description: alert.description ?? alert.summary,
    expected: alert.expected ?? null,
    actual: alert.actual ?? null,
    flagged: true,
    created: now,
    updated: now,
    closed: null,
  });
}

/** The cause is gone. An alert that is closed already stays as it is. */
export function closeAlert(model: ArrayModel, name: string): Alert {
  const alert = anyAlert(model, name);
  if (alert.closed !== null) return alert;
  const now = model.now();
  return model.alerts.put({ ...alert, updated: now, closed: now });
}

export function flagAlert(model: ArrayModel, name: string, flagged: boolean): Alert {
  return model.alerts.put({ ...anyAlert(model, name), flagged });
}

/** Alerts by their number. */
export function alertsByNumber(model: ArrayModel): readonly Alert[] {
  return model.alerts.sorted().toSorted((left, right) => Number(left.name) - Number(right.name));
}
