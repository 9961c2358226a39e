import { useState } from 'preact/hooks';
import { EnvelopeIcon } from '../ui/icons.js';

/** Pictures that could not be had: the plain envelope takes their place at once everywhere. */
const broken = new Set<string>();

/** The picture to show, null for none; `failed` is told when it does not load. */
export function useCover(url: string | undefined): { cover: string | null; failed: () => void } {
  const [, renderAgain] = useState(0);
  const failed = () => {
    if (url) broken.add(url);
    renderAgain((times) => times + 1);
  };
  return { cover: url && !broken.has(url) ? url : null, failed };
}

/** Small, on a card. */
export function CoverThumb({ url }: { url: string | undefined }) {
  const { cover, failed } = useCover(url);
  if (!cover) return <EnvelopeIcon />;
  return <img class="cover-thumb" src={cover} alt="" decoding="async" onError={failed} />;
}
