export interface Acceleration {
  x: number;
  y: number;
  z: number;
}

/** In m/s². A hand that shakes turns round at 20 and more; walking and picking the phone up stay below. */
const JERK_MIN = 17;
/** Sensors speak up to 100 times a second: a turn of the hand is seen only over some of that. */
const SAMPLE_MS_MIN = 40;
const TURNS = 3;
const TURNS_WITHIN_MS = 700;
/** At most one try in so long, however one shakes. */
export const SHAKE_MS_MIN = 500;

/** Tells a shake from other movement: several hard turns within a moment. */
export class ShakeMeter {
  private last: (Acceleration & { at: number }) | null = null;
  private turns: number[] = [];
  private shookAt = -Infinity;

  /** True once for each shake. `at` in milliseconds. */
  feed({ x, y, z }: Acceleration, at: number): boolean {
    const { last } = this;
    if (last && at - last.at < SAMPLE_MS_MIN) return false;
    this.last = { x, y, z, at };
    if (!last || Math.hypot(x - last.x, y - last.y, z - last.z) < JERK_MIN) return false;
    this.turns = [...this.turns.filter((turn) => at - turn < TURNS_WITHIN_MS), at];
    if (this.turns.length < TURNS || at - this.shookAt < SHAKE_MS_MIN) return false;
    this.turns = [];
    this.shookAt = at;
    return true;
  }
}

interface Asking {
  requestPermission?: () => Promise<'granted' | 'denied'>;
}

/** iOS asks the person, and only after a tap. */
export const motionNeedsPermission = (): boolean =>
  typeof DeviceMotionEvent !== 'undefined' && 'requestPermission' in (DeviceMotionEvent as Asking);

export async function askForMotion(): Promise<boolean> {
  try {
    return (await (DeviceMotionEvent as Asking).requestPermission?.()) !== 'denied';
  } catch {
    return false;
  }
}

/** Devices without the finer sensor give nulls there. */
const hasNumbers = (moved: DeviceMotionEventAcceleration | null) => typeof moved?.x === 'number';

/** `felt` is told once, with the first movement: the device has a sensor and the page may hear it. */
export function hearShakes(shaken: () => void, felt: () => void): () => void {
  const meter = new ShakeMeter();
  let told = false;
  const hear = ({ acceleration, accelerationIncludingGravity, timeStamp }: DeviceMotionEvent) => {
    const { x, y, z } = (hasNumbers(acceleration) ? acceleration : accelerationIncludingGravity) ?? {};
    if (typeof x !== 'number' || typeof y !== 'number' || typeof z !== 'number') return;
    if (!told) felt();
    told = true;
    if (meter.feed({ x, y, z }, timeStamp)) shaken();
  };
  window.addEventListener('devicemotion', hear);
  return () => window.removeEventListener('devicemotion', hear);
}
