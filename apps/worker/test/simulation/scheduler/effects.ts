/** Whoever does something outside of its own memory: one step, that runs when the scheduler says so, or never. */
export interface Effects {
  /** `act` runs at once as a whole. `ready`: whether it could; while not, others go first. */
  effect<T>(label: string, act: () => T | Promise<T>, ready?: () => boolean): Promise<T>;
}

/** Without a scheduler: everything at once. For what one asks alone. */
export const AT_ONCE: Effects = {
  effect: async (label, act, ready = () => true) => {
    if (!ready()) throw new Error(`${label} would wait for ever`);
    return act();
  },
};

/** `of`, each call of a method an effect of the process. */
export function asEffects<T extends object>(effects: Effects, name: string, of: T): T {
  return new Proxy(of, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (key === 'gates') return asEffects(effects, name, value as object);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) =>
        effects.effect(`${name} ${String(key)}${describe(args)}`, () => value.apply(target, args) as unknown);
    },
  });
}

/** Ids and numbers only: enough to follow a trace. */
function describe(args: unknown[]): string {
  const plain = args.filter((arg) => typeof arg === 'string' || typeof arg === 'number');
  return plain.length > 0 ? ` ${plain.join(' ')}` : '';
}
