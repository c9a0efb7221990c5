import { readFileSync } from 'node:fs';

/** How often the system killed a process for lack of memory, as far as it tells; 0 where it does not. */
export function oomKillCount(): number {
  for (const file of ['/sys/fs/cgroup/memory.events', '/proc/vmstat']) {
    try {
      const match = /^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8'));
      if (match !== null) return Number(match[1]);
    } catch {
      // Not on this system.
    }
  }
  return 0;
}
