import type { Gibibytes } from '@cinder-flasharray/common';
import { type QosLimits, unlimited } from '@cinder-flasharray/flasharray';
import type { ReplicationKind } from '../config/replication-config.ts';
import { DriverError, type DriverErrorCode } from '../contract/driver-error.ts';
import type { DriverVolumeType } from '../contract/records.ts';
import { isInPod, replicationOf } from './replication-kind.ts';

/** Range of the array (REST 2.26 Qos.iops_limit). */
const leastIops = 100;
export const largestIops = 100_000_000;
/** Bytes a second (REST 2.26 Qos.bandwidth_limit). */
const mebibyte = 1_048_576;
export const largestBandwidth = 524_288 * mebibyte;

/** What a volume type asks of the array. */
export interface TypeSettings {
  /** Limits of the volume itself; unlimited for a volume in a volume group. */
  readonly qos: QosLimits;
  readonly volumeGroup: { readonly name: string; readonly qos: QosLimits } | null;
  /** Null: not replicated. */
  readonly replication: ReplicationKind | null;
}

const plain: TypeSettings = { qos: unlimited, volumeGroup: null, replication: null };

/**
 * Reads extra specs and QoS specs. QoS specs that the array is to enforce take the place of the limits in the extra
 * specs, they are not merged with them.
 * @throws DriverError `invalid-volume-type` | `invalid-qos-specs`, before the array is asked for anything
 */
export function typeSettings(type: DriverVolumeType | null, size: Gibibytes): TypeSettings {
  if (type === null) {
    return plain;
  }
  const volumeGroup = volumeGroupOf(type);
  const replication = replicationOf(type);
  if (volumeGroup !== null && isInPod(replication)) {
    throw invalidType(
      `Volume type ${type.name} asks for a volume group and for ${replication} replication, which cannot be had together.`,
    );
  }
  return volumeGroup === null
    ? { qos: volumeLimits(type, size), volumeGroup, replication }
    : { qos: unlimited, volumeGroup, replication };
}

/** The volume group of a type, with its name as the array takes it. */
export function volumeGroupOf(type: DriverVolumeType | null): TypeSettings['volumeGroup'] {
  const asked = type?.extraSpecs['flasharray:vg_name'];
  if (type === null || asked === undefined) {
    return null;
  }
  const name = asked.trim().replaceAll(/[^-a-zA-Z0-9]/g, '-');
  if (!/^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(name) || name.length > 63 || /^\d+$/.test(name)) {
    throw invalidType(
      `flasharray:vg_name of volume type ${type.name} is "${asked}": a volume group's name has 1 to 63 letters, digits and dashes, begins and ends with a letter or digit, and is not a number.`,
    );
  }
  return {
    name,
    qos: {
      iops: groupIops(type.extraSpecs['flasharray:vg_maxIOPS']),
      bytesPerSecond: groupBandwidth(type.extraSpecs['flasharray:vg_maxBWS']),
    },
  };
}

function groupIops(text: string | undefined): number | null {
  if (text === undefined) {
    return null;
  }
  const value = integer(text);
  if (value === null || value < leastIops || value > largestIops) {
    throw invalidQos(
      `vg_maxIOPS QoS error. Must be an integer from ${leastIops} to ${largestIops}: "${text}".`,
    );
  }
  return value === largestIops ? null : value;
}

/** MB/s as the documentation of the Python driver says, or bytes/s as its code reads it: the ranges do not overlap. */
function groupBandwidth(text: string | undefined): number | null {
  if (text === undefined) {
    return null;
  }
  const value = integer(text);
  const bytes =
    value === null
      ? null
      : value >= 1 && value <= largestBandwidth / mebibyte
        ? value * mebibyte
        : value >= mebibyte && value <= largestBandwidth
          ? value
          : null;
  if (bytes === null) {
    throw invalidQos(
      `vg_maxBWS QoS error. Must be 1 to ${largestBandwidth / mebibyte} MB/s, or ${mebibyte} to ${largestBandwidth} bytes/s: "${text}".`,
    );
  }
  return bytes === largestBandwidth ? null : bytes;
}

function volumeLimits(type: DriverVolumeType, size: Gibibytes): QosLimits {
  const specs = limitSpecs(type);
  const read = (key: string, error: string, least: number, largest: number): number | null => {
    const text = specs[key];
    if (text === undefined) {
      return null;
    }
    const value = integer(text);
    if (value === null || (value !== 0 && value < least) || value > largest) {
      throw invalidQos(`${error} QoS error. ${key} must be 0, or ${least} to ${largest}: "${text}".`);
    }
    return value === 0 ? null : value;
  };
  const iops = read('maxIOPS', 'maxIOPS', leastIops, largestIops);
  const bandwidth = read('maxBWS', 'maxBWS', 1, largestBandwidth / mebibyte);
  const iopsPerGib = read('maxIOPS_per_GB', 'maxIOPS', 0, largestIops);
  const bandwidthPerGib = read('maxBWS_per_GB', 'maxBWS', 0, largestBandwidth / mebibyte);
  return {
    iops: iops ?? within(iopsPerGib, size, leastIops, largestIops),
    bytesPerSecond:
      bandwidth !== null
        ? bandwidth * mebibyte
        : within(
            bandwidthPerGib === null ? null : bandwidthPerGib * mebibyte,
            size,
            mebibyte,
            largestBandwidth,
          ),
  };
}

/** A limit that grows with the volume, kept inside what the array takes: small volumes get its minimum. */
function within(perGib: number | null, size: Gibibytes, least: number, largest: number): number | null {
  return perGib === null ? null : Math.min(Math.max(perGib * size, least), largest);
}

function limitSpecs(type: DriverVolumeType): Readonly<Record<string, string>> {
  if (type.qos === null) {
    return type.extraSpecs;
  }
  return type.qos.consumer === 'front-end' ? {} : type.qos.specs;
}

function integer(text: string): number | null {
  return /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : null;
}

const refusal =
  (code: DriverErrorCode) =>
  (message: string): DriverError =>
    new DriverError(code, message, { nothingMade: true });
const invalidType = refusal('invalid-volume-type');
const invalidQos = refusal('invalid-qos-specs');
