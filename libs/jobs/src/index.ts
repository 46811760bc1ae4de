export { startJobs } from './jobs.js';
export type { JobHandlers, JobLogger, JobOptions, Jobs, JobSource, QueueName } from './port.js';
