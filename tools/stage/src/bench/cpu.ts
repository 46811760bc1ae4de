import { readFile } from 'node:fs/promises';

/** Linux counts processor time of a process in hundredths of a second. */
const TICK_MS = 10;

/** Processor time that a process has used so far, in ms (user and system), from /proc. */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
  // The name in parentheses may hold spaces; fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]].map(Number);
  return ((user ?? 0) + (system ?? 0)) * TICK_MS;
}
