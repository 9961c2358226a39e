import type { ComponentChildren } from 'preact';

function Icon({ children, solid = false }: { children: ComponentChildren; solid?: boolean }) {
  return (
    <svg class={`icon${solid ? ' icon-solid' : ''}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const LockIcon = () => (
  <Icon>
    <rect x="5" y="11" width="14" height="9" rx="2" />
    <path d="M8 11V8a4 4 0 0 1 8 0v3" />
  </Icon>
);

export const PauseIcon = () => (
  <Icon solid>
    <path d="M7 5h3.6v14H7zM13.4 5H17v14h-3.6z" />
  </Icon>
);

export const PlayIcon = () => (
  <Icon solid>
    <path d="M8 5l11 7-11 7z" />
  </Icon>
);

export const CampaignIcon = () => (
  <Icon>
    <rect x="3.5" y="5.5" width="17" height="15" rx="2.5" />
    <path d="M3.5 10h17M8 3v4M16 3v4" />
  </Icon>
);

export const BudgetIcon = () => (
  <Icon>
    <path d="M4 7.5V17a2.5 2.5 0 0 0 2.5 2.5H20V8H6a2 2 0 0 1-2-2 2 2 0 0 1 2-2h11.5" />
    <circle cx="16.2" cy="13.7" r=".9" />
  </Icon>
);

export const CoverIcon = () => (
  <Icon>
    <rect x="5" y="3.5" width="14" height="17" rx="2.5" />
    <path d="M5 16l4.2-4.4 3.6 3.6 2.4-2.2 3.8 3.6" />
    <circle cx="14.6" cy="8.4" r="1.5" />
  </Icon>
);

export const ListIcon = () => (
  <Icon>
    <path d="M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4 6.5h.5M4 12h.5M4 17.5h.5" />
  </Icon>
);

export const KeyIcon = () => (
  <Icon>
    <circle cx="8" cy="15.5" r="4" />
    <path d="M11 12.5L19.5 4M16 7.5l2.8 2.8M13.4 10.2l1.8 1.8" />
  </Icon>
);

export const RainIcon = () => (
  <Icon>
    <path d="M6 4v4M12 3v4M18 5v4M8.5 11v4M15 10.5v4M6 17v4M12 17v4M18 16.5v4" />
  </Icon>
);

export const ShakeIcon = () => (
  <Icon>
    <rect x="8" y="4.5" width="8" height="15" rx="2" />
    <path d="M5 9v6M2.5 10.5v3M19 9v6M21.5 10.5v3" />
  </Icon>
);

export const UpIcon = () => (
  <Icon>
    <path d="M6 14.5l6-6 6 6" />
  </Icon>
);

export const TrashIcon = () => (
  <Icon>
    <path d="M5 7h14M10 4h4M7 7l.8 12.5h8.4L17 7M10.2 11v5M13.8 11v5" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect x="8.5" y="8.5" width="11" height="11" rx="2" />
    <path d="M15.5 8.5V6.4A1.9 1.9 0 0 0 13.6 4.5H6.4a1.9 1.9 0 0 0-1.9 1.9v7.2a1.9 1.9 0 0 0 1.9 1.9h2.1" />
  </Icon>
);

export const PenIcon = () => (
  <Icon>
    <path d="M5 19l.8-4L16.2 4.6l3.2 3.2L9 18.2z" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon>
    <path d="M12 4v11M7.5 11L12 15.5 16.5 11M5 19.5h14" />
  </Icon>
);
