import { changeDrive, changeHardware, components, drives } from '../model/rules/chassis.ts';
import { alertsByNumber, closeAlert, raiseAlert } from '../model/rules/health.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { AdminOperation } from './admin-operations.ts';
import type { ArrayState } from './state.ts';

type HealthOperation = Extract<
  AdminOperation,
  { readonly kind: 'raiseAlert' | 'closeAlert' | 'setHardwareStatus' | 'setDriveStatus' }
>;

/** Makes an array ill and well again. @throws Refusal in the array's words */
export function administerHealth(model: ArrayModel, operation: HealthOperation): void {
  switch (operation.kind) {
    case 'raiseAlert':
      raiseAlert(model, operation);
      return;
    case 'closeAlert':
      closeAlert(model, operation.alert);
      return;
    case 'setHardwareStatus': {
      const { component, status, details = null } = operation;
      changeHardware(model, component, { status, details, identify: status === 'identifying' });
      return;
    }
    case 'setDriveStatus':
      changeDrive(model, operation.drive, { status: operation.status, details: operation.details ?? null });
  }
}

/** Alerts, hardware and drives for the state of an array. */
export function describeHealth(model: ArrayModel): Pick<ArrayState, 'alerts' | 'hardware' | 'drives'> {
  return {
    alerts: alertsByNumber(model).map((alert) => ({
      name: alert.name,
      severity: alert.severity,
      componentType: alert.componentType,
      componentName: alert.componentName,
      summary: alert.summary,
      flagged: alert.flagged,
      created: new Date(alert.created).toISOString(),
      closed: alert.closed === null ? null : new Date(alert.closed).toISOString(),
    })),
    hardware: components(model).map(({ name, type, status, details }) => ({ name, type, status, details })),
    drives: drives(model).map(({ name, type, status, details }) => ({ name, type, status, details })),
  };
}
