import { dropsEn, type DropsDictionary } from './drops-en.js';
import { dropsZh } from './drops-zh.js';
import { textNow, useText } from './index.js';

const dictionaryOf = (locale: string): DropsDictionary => (locale.startsWith('zh') ? dropsZh : dropsEn);

/** As useText, for the texts that come with the parts that are fetched late. */
export const useDropText = (): DropsDictionary => dictionaryOf(useText().locale);
export const dropTextNow = (): DropsDictionary => dictionaryOf(textNow().locale);
