import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { convertPicture } from './picture.js';

const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c8102e' } });

/** Noise does not compress, so that half of the file is half of the picture. */
const noise = (width: number, height: number) =>
  sharp(Buffer.from(Array.from({ length: width * height * 3 }, (_, k) => (k * 7_919) % 251)), {
    raw: { width, height, channels: 3 },
  });

/** A PNG that says it is so large, and has the pixels of one line. */
function claimingPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1 + 3 * Math.min(width, 100_000)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const seen = async (image: Buffer) => sharp(image).metadata();

describe('a cover', () => {
  it('is scaled to fit, and never up', async () => {
    const sizes = async (width: number, height: number) => {
      const made = await convertPicture(await blank(width, height).png().toBuffer());
      expect(await seen(made.image)).toMatchObject({
        width: made.width,
        height: made.height,
        format: 'webp',
      });
      return [made.width, made.height];
    };
    expect(await sizes(3_000, 1_000)).toEqual([750, 250]);
    expect(await sizes(1_000, 5_000)).toEqual([250, 1_250]);
    expect(await sizes(10, 10)).toEqual([10, 10]);
  });

  it('stands upright and tells nothing of the camera or the place', async () => {
    const place = { GPSLatitude: '30/1 15/1 0/1', GPSLatitudeRef: 'N' };
    const upload = await blank(200, 100)
      .jpeg()
      .withExif({ IFD0: { Make: 'a camera', Orientation: '6' }, IFD3: place })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    expect((await seen(upload)).exif?.includes('a camera')).toBe(true);
    const { image, width, height } = await convertPicture(upload);
    expect([width, height]).toEqual([100, 200]);
    const kept = await seen(image);
    for (const what of ['exif', 'icc', 'iptc', 'xmp', 'orientation'] as const)
      expect(kept[what]).toBeUndefined();
    expect(image.includes('a camera')).toBe(false);
  });

  it('is the first picture of an animation', async () => {
    const frames = Buffer.concat([Buffer.alloc(40 * 40 * 3, 255), Buffer.alloc(40 * 40 * 3, 0)]);
    const upload = await sharp(frames, { raw: { width: 40, height: 80, channels: 3, pageHeight: 40 } })
      .webp({ loop: 0, delay: [100, 100] })
      .toBuffer();
    expect((await seen(upload)).pages).toBe(2);
    const { image, width, height } = await convertPicture(upload);
    expect([width, height, (await seen(image)).pages]).toEqual([40, 40, undefined]);
    expect((await sharp(image).stats()).dominant).toMatchObject({ r: 248, g: 248, b: 248 });
  });

  it('keeps what is transparent', async () => {
    const clear = { width: 8, height: 8, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } };
    const { image } = await convertPicture(await sharp({ create: clear }).png().toBuffer());
    expect((await seen(image)).hasAlpha).toBe(true);
  });

  it('is made of each of many that come at once', async () => {
    const upload = await noise(600, 600).jpeg().toBuffer();
    const made = await Promise.all(Array.from({ length: 8 }, () => convertPicture(upload)));
    expect(new Set(made.map(({ image }) => image.toString('base64'))).size).toBe(1);
  });
});

describe('what is no picture', () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>`;
  const uploads: [string, () => Buffer | Promise<Buffer>][] = [
    ['nothing', () => Buffer.alloc(0)],
    ['a page of HTML', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['an SVG', () => Buffer.from(svg)],
    ['an SVG behind an XML declaration', () => Buffer.from(`<?xml version="1.0"?>\n${svg}`)],
    ['a PDF', () => Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>')],
    ['a GIF', () => blank(4, 4).gif().toBuffer()],
    ['a TIFF', () => blank(4, 4).tiff().toBuffer()],
    ['the beginning of a PNG and a script', () => Buffer.from('\x89PNG\r\n\x1a\n<script>', 'latin1')],
    ['half of a JPEG', async () => half(await noise(300, 300).jpeg({ quality: 95 }).toBuffer())],
    ['half of a PNG', async () => half(await noise(300, 300).png().toBuffer())],
    ['half of a WebP', async () => half(await noise(300, 300).webp({ quality: 95 }).toBuffer())],
    ['a PNG that claims 100,000 pixels each way', () => claimingPng(100_000, 100_000)],
    ['a PNG that claims 2,000,000,000 pixels in a line', () => claimingPng(2_000_000_000, 1)],
    ['a PNG that claims more lines than it has', () => claimingPng(5_000, 5_000)],
    ['a PNG of no size', () => claimingPng(0, 0)],
    ['a PNG of 64 million pixels in 200 KB', () => blank(8_000, 8_000).png().toBuffer()],
  ];
  it.each(uploads)('is refused: %s', async (_what, upload) => {
    await expect(convertPicture(await upload())).rejects.toMatchObject({ code: 'not_an_image' });
  });

  it('does not keep the next from being made', async () => {
    const upload = await blank(10, 10).png().toBuffer();
    const bad = Array.from({ length: 5 }, () => convertPicture(Buffer.from('no')).catch(() => undefined));
    const made = await Promise.all([...bad, convertPicture(upload)]);
    expect(made.at(-1)).toMatchObject({ width: 10, height: 10 });
  });
});

function half(file: Buffer): Buffer {
  return file.subarray(0, Math.floor(file.length / 2));
}
