import { findProgram } from './find-program.js';
import { installSystemPackages, type InstallOptions } from './system-packages.js';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const usualFolders = [
  '/usr/bin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
];
const findChromium = () => findProgram([...programs, 'Google Chrome', 'Chromium'], usualFolders);

/** The path of a Chromium or Chrome; fetched, with a font that has Chinese, when there is none. */
export async function ensureChromium(options: InstallOptions = {}): Promise<string> {
  const found = findChromium();
  if (found) return found;
  let cause: unknown;
  try {
    const packages = {
      'apt-get': ['chromium', 'fonts-noto-cjk'],
      dnf: ['chromium', 'google-noto-sans-cjk-fonts'],
      apk: ['chromium', 'font-noto-cjk'],
      pacman: ['chromium', 'noto-fonts-cjk'],
    };
    await installSystemPackages('chromium', packages, options);
    const fetched = findChromium();
    if (fetched) return fetched;
  } catch (error) {
    options.signal?.throwIfAborted();
    cause = error;
  }
  throw new Error(
    'Chromium is needed and could not be fetched. Install it (Debian: apt-get install chromium fonts-noto-cjk).',
    { cause },
  );
}
