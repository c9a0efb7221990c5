/**
 * Time of day at `seconds` after an epoch, in the epoch's own zone: `17:04:09`, with the day in front where it is another
 * one than the epoch's. A time at or between whole seconds shows the second that it is in. An epoch that cannot be read
 * gives seconds.
 */
export function formatClock(epoch: string, seconds: number): string {
  const base = Date.parse(epoch);
  if (Number.isNaN(base)) return `${Math.floor(seconds)} s`;
  const offset = zoneOffsetMilliseconds(epoch);
  const here = new Date(base + offset + Math.floor(seconds + 1e-6) * 1000).toISOString();
  const firstDay = new Date(base + offset).toISOString().slice(0, 10);
  const time = here.slice(11, 19);
  return here.slice(0, 10) === firstDay ? time : `${here.slice(0, 10)} ${time}`;
}

/** A length of time: `45 s`, `4 min 5 s`, `1 h 20 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${Number.isInteger(seconds) ? whole : Math.round(seconds * 10) / 10} s`;
  if (whole < 3600) return [`${Math.floor(whole / 60)} min`, ...(whole % 60 ? [`${whole % 60} s`] : [])].join(' ');
  const minutes = Math.round(whole / 60);
  return [`${Math.floor(minutes / 60)} h`, ...(minutes % 60 ? [`${minutes % 60} min`] : [])].join(' ');
}

function zoneOffsetMilliseconds(epoch: string): number {
  const match = /([+-])(\d\d):?(\d\d)$/.exec(epoch);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}
