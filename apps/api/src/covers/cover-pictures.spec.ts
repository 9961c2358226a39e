import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CoverPictures } from './cover-pictures.js';

const image = Buffer.from('a picture');

function pictures(covers: Record<string, Buffer>, straysMax = 1_000) {
  const reads: string[] = [];
  const read = async (coverId: string) => {
    reads.push(coverId);
    await new Promise((resolve) => setImmediate(resolve));
    return covers[coverId];
  };
  return { reads, found: new CoverPictures(read, straysMax) };
}

describe('the picture of a cover', () => {
  it('is read once, however many ask at once and later', async () => {
    const coverId = randomUUID();
    const { reads, found } = pictures({ [coverId]: image });
    const asked = () => Promise.all(Array.from({ length: 100 }, () => found.find(`/${coverId}.webp`, 'a')));
    expect(new Set([...(await asked()), ...(await asked())])).toEqual(new Set([image]));
    expect(reads).toEqual([coverId]);
  });

  it('is read anew when it could not be read before', async () => {
    const coverId = randomUUID();
    let away = true;
    const found = new CoverPictures(async () => {
      if (away) throw new Error('Postgres is away');
      return image;
    }, 10);
    await expect(found.find(`/${coverId}.webp`, 'a')).rejects.toThrow('away');
    away = false;
    expect(await found.find(`/${coverId}.webp`, 'a')).toBe(image);
  });

  it('is not looked for under what is no id of a cover', async () => {
    const { reads, found } = pictures({});
    for (const path of ['/', '/x.webp', `/${randomUUID()}.png`, `/${randomUUID()}.webp/`, '/a/b.webp'])
      expect(await found.find(path, 'a')).toMatchObject({ code: 'not_found' });
    expect(reads).toEqual([]);
  });

  it('is still shown to an address that tried many ids, once somebody has seen it', async () => {
    const coverId = randomUUID();
    const { reads, found } = pictures({ [coverId]: image }, 3);
    const stray = () => found.find(`/${randomUUID()}.webp`, 'a');
    for (let k = 0; k < 3; k += 1) expect(await stray()).toMatchObject({ code: 'not_found' });
    expect(await stray()).toMatchObject({
      code: 'rate_limited',
      options: { retryAfterMs: expect.any(Number) },
    });
    expect(reads).toHaveLength(3);
    expect(await found.find(`/${coverId}.webp`, 'b')).toBe(image);
    expect(await found.find(`/${coverId}.webp`, 'a')).toBe(image);
  });
});
