import sharp from 'sharp';
import { COVER_HEIGHT_MAX, COVER_WIDTH_MAX, RefusalError } from '@app/contracts';

/** A decoded pixel takes 4 bytes: 160 MB for the largest picture, and twice that for two at once. */
const PIXELS_MAX = 40_000_000;
const CONVERSIONS_MAX = 2;
const CONVERT_SECONDS_MAX = 10;
const WEBP_QUALITY = 82;
const FORMATS = new Set(['png', 'jpeg', 'webp']);

// One thread for a picture, and none kept for the next: grabs and money share these cores.
sharp.concurrency(1);
sharp.cache(false);
// The library reads many formats, SVG and PDF among them. What is not offered here is not even looked into.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadPng', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp'] });

export interface Picture {
  /** WebP, without metadata. */
  image: Buffer;
  width: number;
  height: number;
}

/**
 * Makes a cover of a PNG, JPEG or WebP, told by its content: upright, as large as covers may be, of an animation the
 * first frame. Nothing of the upload but its pixels is kept. At most two at once, others wait. Throws `not_an_image` for
 * anything else, for what breaks off, and for what claims to have more pixels than a picture needs.
 */
export async function convertPicture(upload: Buffer): Promise<Picture> {
  await turn();
  try {
    const picture = sharp(upload, { limitInputPixels: PIXELS_MAX, failOn: 'error' });
    const { format } = await picture.metadata();
    if (!FORMATS.has(format)) throw new RefusalError('not_an_image');
    const { data, info } = await picture
      .autoOrient()
      .resize(COVER_WIDTH_MAX, COVER_HEIGHT_MAX, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: WEBP_QUALITY })
      .timeout({ seconds: CONVERT_SECONDS_MAX })
      .toBuffer({ resolveWithObject: true });
    return { image: data, width: info.width, height: info.height };
  } catch {
    throw new RefusalError('not_an_image');
  } finally {
    passTurn();
  }
}

const waiting: (() => void)[] = [];
let converting = 0;

function turn(): Promise<void> {
  if (converting < CONVERSIONS_MAX) {
    converting += 1;
    return Promise.resolve();
  }
  return new Promise((resolve) => waiting.push(resolve));
}

/** Whoever has waited longest takes over the place; it is never free in between. */
function passTurn(): void {
  const next = waiting.shift();
  if (next) next();
  else converting -= 1;
}
