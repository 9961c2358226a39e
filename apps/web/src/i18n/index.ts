import { remember, remembered } from '../state/storage.js';
import { createStore, useStore } from '../state/store.js';
import { en, type Dictionary } from './en.js';
import { zh } from './zh.js';

export type Language = 'zh' | 'en';
export type { Dictionary };

const dictionaries: Record<Language, Dictionary> = { zh, en };

/** The first of the browser's languages that we speak; English for all others. */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (/^zh\b/i.test(tag)) return 'zh';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

function firstLanguage(): Language {
  const chosen = remembered<Language>('language');
  if (chosen === 'zh' || chosen === 'en') return chosen;
  return pickLanguage(typeof navigator === 'undefined' ? [] : navigator.languages);
}

const languageStore = createStore<{ language: Language }>({ language: firstLanguage() });

/** The texts in the language of the moment; renders again when it is switched. */
export function useText(): Dictionary {
  return dictionaries[useStore(languageStore, ({ language }) => language)];
}

export function textNow(): Dictionary {
  return dictionaries[languageStore.get().language];
}

export function applyLanguage(): void {
  const { language } = languageStore.get();
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = dictionaries[language].title;
}

export function switchLanguage(): void {
  const language = languageStore.get().language === 'zh' ? 'en' : 'zh';
  remember('language', language);
  languageStore.set({ language });
  applyLanguage();
}
