/** `151000` → `2:31`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** `300000` → `about 5 minutes`. */
export function about(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) {
    return `about ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  }
  return `about ${Math.round(seconds / 60)} minutes`;
}

/** `12` → `12 ms`, `1240` → `1.24 s`, `151000` → `2:31 min`. */
export function exact(ms: number): string {
  if (ms < 1000) {
    return `${Math.round(ms)} ms`;
  }
  return ms < 60_000 ? `${(ms / 1000).toFixed(2)} s` : `${clock(ms)} min`;
}

/** `40000` → `40 seconds`, `2340000` → `39 minutes`, `9000000` → `2 hours 30 minutes`. */
export function span(ms: number): string {
  const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) {
    return counted(seconds, 'second');
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) {
    return counted(minutes, 'minute');
  }
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest === 0 ? counted(hours, 'hour') : `${counted(hours, 'hour')} ${counted(rest, 'minute')}`;
}
