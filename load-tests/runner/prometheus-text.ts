/** One line of Prometheus's text format. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Record<string, string> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** Comments and lines that can't be read are left out. */
export function parsePrometheusText(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labelText = '', valueText = ''] = LINE.exec(line.trim()) ?? [];
    const value = /^[+-]?Inf$/.test(valueText) ? Number(`${valueText}inity`) : Number(valueText);
    if (name === undefined || Number.isNaN(value)) return [];
    const labels: Record<string, string> = {};
    for (const [, key, raw] of labelText.matchAll(LABEL))
      labels[key!] = raw!.replace(/\\[n"\\]/g, (escaped) => ESCAPES[escaped]!);
    return [{ name, labels, value }];
  });
}
