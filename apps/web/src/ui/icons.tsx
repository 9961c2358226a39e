import type { ComponentChildren } from 'preact';

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M15 5l-7 7 7 7" />
  </Icon>
);

export const PeopleIcon = () => (
  <Icon>
    <circle cx="9" cy="8" r="3.5" />
    <path d="M2.5 19.5c.6-3.6 3.3-5.5 6.5-5.5s5.9 1.9 6.5 5.5M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.4c2 .7 3.2 2.5 3.5 5.1" />
  </Icon>
);

export const WalletIcon = () => (
  <Icon>
    <path d="M4 7.5V17a2.5 2.5 0 0 0 2.5 2.5H20V8H6a2 2 0 0 1-2-2 2 2 0 0 1 2-2h11.5" />
    <circle cx="16.2" cy="13.7" r=".9" />
  </Icon>
);

export const HistoryIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7v5.2l3.4 2" />
  </Icon>
);

export const SendIcon = () => (
  <Icon>
    <path d="M4.5 12L20 4.5 15.5 20l-3.6-6.2zM11.9 13.8L20 4.5" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M12 5v14M5 12h14" />
  </Icon>
);

/** Drawn rather than written: not every machine has a font with the emoji. */
export const CrownIcon = () => (
  <svg class="crown" viewBox="0 0 24 20" aria-hidden="true" focusable="false">
    <path d="M2 5.5l5.2 4L12 2l4.8 7.5 5.2-4L20 18H4z" />
  </svg>
);

/** The envelope, filled: red stays red in every scheme. */
export const EnvelopeIcon = () => (
  <svg class="envelope-icon" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect x="5" y="2" width="22" height="28" rx="3.5" class="envelope-body" />
    <path
      d="M5 5.5a3.5 3.5 0 0 1 3.5-3.5h15a3.5 3.5 0 0 1 3.5 3.5V12c-6 5-16 5-22 0z"
      class="envelope-flap"
    />
    <circle cx="16" cy="15.7" r="4.6" class="envelope-seal" />
  </svg>
);
