import { switchLanguage, useText } from '../i18n/index.js';

export function LanguageSwitch() {
  const t = useText();
  return (
    <button
      type="button"
      class="link-button language-switch"
      data-testid="language-switch"
      aria-label={t.switchLanguage}
      onClick={switchLanguage}
    >
      {t.otherLanguage}
    </button>
  );
}
