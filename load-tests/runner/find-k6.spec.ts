import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findK6, type K6Places } from './find-k6.ts';

let folder: string;
let places: K6Places;
const path = process.env.PATH;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-k6-'));
  for (const name of ['bin', 'module', 'cache/k6-2.9.1']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'module/go.mod'), 'module x\n\nrequire go.k6.io/k6/v2 v2.9.1\n');
  places = {
    env: {},
    folders: [join(folder, 'bin')],
    ...{ cacheFolder: join(folder, 'cache'), moduleFolder: join(folder, 'module') },
  };
  // Neither the k6 nor the Go of whoever runs this; `sh` is found by its path.
  process.env.PATH = '';
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

function fakeK6(file: string, version: string): string {
  const at = join(folder, file);
  writeFileSync(at, `#!/bin/sh\necho "k6 v${version} (go1.26, linux/amd64)"\n`);
  chmodSync(at, 0o755);
  return at;
}

const find = () => findK6(() => {}, places);

describe('k6 is found', () => {
  it('where HONGBAO_K6 says, before all others', async () => {
    fakeK6('bin/k6', '2.1.0');
    places.env.HONGBAO_K6 = fakeK6('mine', '2.3.4');
    expect(await find()).toEqual({ path: join(folder, 'mine'), version: '2.3.4' });
  });

  it('on the PATH, else as one that was built before', async () => {
    const built = fakeK6('cache/k6-2.9.1/k6', '2.9.1');
    expect(await find()).toEqual({ path: built, version: '2.9.1' });
    const installed = fakeK6('bin/k6', '2.1.0');
    expect(await find()).toEqual({ path: installed, version: '2.1.0' });
  });

  it('not when it is older than version 2', async () => {
    fakeK6('bin/k6', '1.4.0');
    const built = fakeK6('cache/k6-2.9.1/k6', '2.9.1');
    expect(await find()).toEqual({ path: built, version: '2.9.1' });
  });

  it('or refused with its version, where it was named and is too old, or is none', async () => {
    places.env.HONGBAO_K6 = fakeK6('old', '0.57.0');
    await expect(find()).rejects.toThrow('is k6 0.57.0');
    places.env.HONGBAO_K6 = join(folder, 'nowhere');
    await expect(find()).rejects.toThrow("can't be run");
  });
});
