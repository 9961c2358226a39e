import type { ComponentChildren } from 'preact';
import { goTo } from '../routes.js';

interface LinkProps {
  to: string;
  children: ComponentChildren;
  class?: string;
  current?: boolean;
  testId?: string;
}

/** A link within the console: a plain click stays on the page, every other one does what a browser does with links. */
export function Link({ to, children, class: name, current = false, testId }: LinkProps) {
  return (
    <a
      href={to}
      class={name}
      aria-current={current ? 'page' : undefined}
      data-testid={testId}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        goTo(to);
      }}
    >
      {children}
    </a>
  );
}
