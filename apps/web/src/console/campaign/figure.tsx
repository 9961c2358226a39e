import type { ComponentChildren } from 'preact';

interface FigureProps {
  label: string;
  value: ComponentChildren;
  /** Under the figure: what it is of, or a bar. */
  children?: ComponentChildren;
  testId?: string;
  raw?: number | undefined;
}

/** One number that is looked at often. */
export function Figure({ label, value, children, testId, raw }: FigureProps) {
  return (
    <div class="figure" data-testid={testId} data-value={raw}>
      <span class="figure-label">{label}</span>
      <strong class="figure-value">{value}</strong>
      {children}
    </div>
  );
}
