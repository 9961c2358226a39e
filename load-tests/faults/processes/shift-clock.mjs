/** Loaded before a process's own code: all that it hears of the time of day is off by FAULTS_CLOCK_SHIFT_MS. */
const shiftMs = Number(process.env.FAULTS_CLOCK_SHIFT_MS ?? 0);
const Real = Date;
const now = () => Real.now() + shiftMs;

globalThis.Date = new Proxy(Real, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
  apply: () => new Real(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
