export { Coverage } from './coverage.js';
export { isReal, readDeath, replayLine } from './replay.js';
export { runSchedule, type ScheduleOptions, type ScheduleResult } from './schedule.js';
export { simulate, type Failure, type Summary } from './simulate.js';
export { systematic } from './systematic.js';
