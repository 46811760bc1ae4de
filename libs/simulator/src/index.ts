export { Coverage } from './coverage.js';
export { runSchedule, type ScheduleOptions, type ScheduleResult } from './schedule.js';
