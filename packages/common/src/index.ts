export { assertNever } from './assert-never.ts';
export { type Bytes, bytes, bytesToGibibytes, type Gibibytes, gibibytes, gibibytesToBytes } from './bytes.ts';
export { type Assignment, ConfFile, parseConf } from './cinder-conf/conf-file.ts';
export { type ConfProblem, formatProblem } from './cinder-conf/conf-problem.ts';
export { nearestName } from './cinder-conf/nearest-name.ts';
export {
  OptionReader,
  type Parsed,
  parseBoolean,
  parseChoice,
  parseDict,
  parseInteger,
  parseList,
  parseText,
} from './cinder-conf/option-reader.ts';
export { type Clock, systemClock } from './clock.ts';
export { KeyedLock } from './keyed-lock.ts';
export { type LogFields, type Logger, silentLogger } from './logger.ts';
export { type Place, ResourceQueue, type Wanted } from './resource-queue.ts';
export { Secret } from './secret.ts';
