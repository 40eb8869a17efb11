export { assertNever } from './assert-never.ts';
export { type Bytes, bytes, bytesToGibibytes, type Gibibytes, gibibytes, gibibytesToBytes } from './bytes.ts';
export { type Clock, systemClock } from './clock.ts';
export { KeyedLock } from './keyed-lock.ts';
export { type LogFields, type Logger, silentLogger } from './logger.ts';
export { Secret } from './secret.ts';
