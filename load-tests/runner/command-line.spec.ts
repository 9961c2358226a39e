import { describe, expect, it } from 'vitest';
import { parseCommandLine, usage, UsageError } from './command-line.ts';

const parse = (...args: string[]) => parseCommandLine(args, () => 0.5);

describe('npm run load', () => {
  it('without a workload lists them all', () => {
    expect(parse()).toEqual({ kind: 'list' });
    for (const name of ['smoke', 'breakpoint', 'spring-festival-2015']) expect(usage()).toContain(name);
  });

  it('takes size, duration, target, processes and seed', () => {
    expect(
      parse(
        'smoke',
        '--scale',
        '0.5',
        '--duration',
        '90s',
        '--target',
        'http://h:1',
        '--processes',
        '2',
        '--seed',
        '7',
      ),
    ).toMatchObject({ kind: 'run', scale: 0.5, seconds: 90, target: 'http://h:1', processes: 2, seed: 7 });
  });

  it('draws a seed where none is given, and leaves size to the workload', () => {
    const command = parse('smoke');
    expect(command).toMatchObject({
      seed: Math.floor(0x7fff_ffff / 2),
      processes: 1,
      marks: [],
      keep: false,
    });
    expect(command).not.toHaveProperty('scale');
  });

  it('takes marks of what is done to the service', () => {
    expect(parse('smoke', '--mark', '3-5.5=Redis slower', '--mark', '9=gateway killed')).toMatchObject({
      marks: [
        { atSecond: 3, untilSecond: 5.5, what: 'Redis slower', kind: 'fault' },
        { atSecond: 9, what: 'gateway killed', kind: 'fault' },
      ],
    });
  });

  it('prepares for several machines, and merges what they wrote', () => {
    expect(parse('prepare', 'smoke', '--out', 'dir', '--start-in', '60', '--processes', '3')).toMatchObject({
      ...{ kind: 'prepare', out: 'dir', startInSeconds: 60, processes: 3 },
    });
    expect(parse('merge', 'dir', 'a', 'b')).toEqual({
      kind: 'merge',
      folder: 'dir',
      files: ['a', 'b'],
      marks: [],
    });
  });

  it('names what was wrong', () => {
    const wrong: [string[], string][] = [
      [['smoek'], 'there is no workload smoek'],
      [['smoke', 'steady'], 'one workload at a time'],
      [['smoke', '--scale', '-1'], '--scale'],
      [['smoke', '--scale', ''], '--scale'],
      [['smoke', '--duration', '1m'], '--duration'],
      [['smoke', '--processes', '1.5'], '--processes'],
      [['smoke', '--target', 'localhost'], 'http://127.0.0.1:8080'],
      [['smoke', '--mark', '5-3=x'], '--mark'],
      [['smoke', '--start-in', '5'], '--start-in is for'],
      [['smoke', '--sclae', '1'], '--sclae'],
      [['prepare'], 'needs a workload'],
      [['merge', 'dir'], 'merge DIR FILE'],
    ];
    for (const [args, says] of wrong) {
      expect(() => parse(...args), args.join(' ')).toThrow(UsageError);
      expect(() => parse(...args), args.join(' ')).toThrow(says);
    }
  });
});
