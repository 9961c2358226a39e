import { useText } from '../../i18n/index.js';
import { drop } from './en/drop.js';
import { frame } from './en/frame.js';
import { issues } from './en/issues.js';
import { live } from './en/live.js';
import { places } from './en/places.js';
import { plan } from './en/plan.js';
import { drop as dropZh } from './zh/drop.js';
import { frame as frameZh } from './zh/frame.js';
import { issues as issuesZh } from './zh/issues.js';
import { live as liveZh } from './zh/live.js';
import { places as placesZh } from './zh/places.js';
import { plan as planZh } from './zh/plan.js';

/** Every text of the console. Its type is the dictionary: another language that misses a key does not compile. */
export const en = { ...frame, ...places, ...plan, ...drop, ...live, ...issues };
export type Words = typeof en;
export const zh: Words = { ...frameZh, ...placesZh, ...planZh, ...dropZh, ...liveZh, ...issuesZh };

/** The texts in the language of the moment, which is the chat page's too; renders again when it is switched. */
export function useWords(): Words {
  return useText().locale.startsWith('zh') ? zh : en;
}
