/** A time at which something is due, and what. A binary heap by time; equal times in the order they came. */
class Agenda {
  private readonly due: { atUs: number; order: number; act: () => void }[] = [];
  private order = 0;

  get firstUs(): number {
    return this.due[0]?.atUs ?? Infinity;
  }

  add(atUs: number, act: () => void): void {
    const { due } = this;
    let k = due.push({ atUs, order: (this.order += 1), act }) - 1;
    while (k > 0) {
      const up = (k - 1) >> 1;
      if (!this.before(k, up)) break;
      this.swap(k, up);
      k = up;
    }
  }

  take(): () => void {
    const { due } = this;
    const first = due[0]!;
    const last = due.pop()!;
    if (due.length > 0) {
      due[0] = last;
      for (let k = 0; ;) {
        let least = k;
        for (const child of [2 * k + 1, 2 * k + 2])
          if (child < due.length && this.before(child, least)) least = child;
        if (least === k) break;
        this.swap(k, least);
        k = least;
      }
    }
    return first.act;
  }

  private before(a: number, b: number): boolean {
    const [x, y] = [this.due[a]!, this.due[b]!];
    return x.atUs < y.atUs || (x.atUs === y.atUs && x.order < y.order);
  }

  private swap(a: number, b: number): void {
    [this.due[a], this.due[b]] = [this.due[b]!, this.due[a]!];
  }
}

interface Work {
  leftUs: number;
  done: () => void;
}

/**
 * Simulated time in microseconds, and cores that all who work at this instant share equally: with more work than cores
 * each gets its part of them, as an operating system slices time.
 */
export class Machine {
  nowUs = 0;
  private readonly agenda = new Agenda();
  private readonly working = new Set<Work>();

  constructor(private readonly cores = Infinity) {}

  in(us: number, act: () => void): void {
    this.agenda.add(this.nowUs + us, act);
  }

  /** `costUs` of a core, then `done`. */
  work(costUs: number, done: () => void): void {
    if (this.cores === Infinity) this.in(costUs, done);
    else this.working.add({ leftUs: costUs, done });
  }

  /** Until nothing is due, or `isOver`. */
  run(isOver: () => boolean): void {
    while (!isOver()) {
      const speed = Math.min(1, this.cores / this.working.size);
      let next: Work | undefined;
      for (const work of this.working) if (!next || work.leftUs < next.leftUs) next = work;
      const doneUs = next ? this.nowUs + next.leftUs / speed : Infinity;
      const dueUs = this.agenda.firstUs;
      if (next && doneUs <= dueUs) {
        this.pass(doneUs, speed);
        this.working.delete(next);
        next.done();
      } else if (dueUs < Infinity) {
        this.pass(dueUs, speed);
        this.agenda.take()();
      } else return;
    }
  }

  private pass(untilUs: number, speed: number): void {
    const gone = (untilUs - this.nowUs) * speed;
    for (const work of this.working) work.leftUs -= gone;
    this.nowUs = untilUs;
  }
}
