import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useWords } from '../words/index.js';

export interface Column<R> {
  key: string;
  head: string;
  cell: (row: R) => ComponentChildren;
  /** Without it the column does not sort. */
  sortBy?: (row: R) => string | number;
  number?: boolean;
  /** Heads its row for screen readers, and its card on a phone. */
  isHead?: boolean;
}

export interface Filter<R> {
  label: string;
  fits: (row: R) => boolean;
}

interface TableProps<R> {
  caption: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  keyOf: (row: R) => string;
  /** What "find" looks through; without it there is no such field. */
  textOf?: (row: R) => string;
  filters?: readonly Filter<R>[];
  sorted?: { key: string; down: boolean };
  testId?: string;
  foot?: ComponentChildren;
}

interface Sorting {
  key: string;
  down: boolean;
}

const RISE = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function sortRows<R>(rows: readonly R[], sortBy: (row: R) => string | number, down: boolean): R[] {
  const sign = down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [sortBy(a), sortBy(b)];
    return (
      sign * (typeof x === 'number' && typeof y === 'number' ? x - y : RISE.compare(String(x), String(y)))
    );
  });
}

/** A table that sorts by its heads and filters above; on a phone its rows are cards. */
export function DataTable<R>(props: TableProps<R>) {
  const { caption, columns, rows, keyOf, textOf, filters = [], testId, foot } = props;
  const words = useWords();
  const [sorting, setSorting] = useState<Sorting | null>(props.sorted ?? null);
  const [find, setFind] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const filter = filters.find(({ label }) => label === chosen);
  const needle = find.trim().toLowerCase();
  const fitting = rows.filter(
    (row) => (!filter || filter.fits(row)) && (!needle || textOf?.(row).toLowerCase().includes(needle)),
  );
  const by = columns.find(({ key }) => key === sorting?.key)?.sortBy;
  const shown = by ? sortRows(fitting, by, sorting!.down) : fitting;
  const hasTools = textOf !== undefined || filters.length > 0;
  return (
    <div class="table-frame">
      {hasTools && (
        <TableTools
          {...{ find, setFind, chosen, setChosen, columns, sorting, setSorting }}
          hasFind={textOf !== undefined}
          filters={filters.map(({ label, fits }) => ({ label, n: rows.filter(fits).length }))}
          shown={words.table.shown(shown.length, rows.length)}
        />
      )}
      <table class="table" data-testid={testId}>
        <caption class="visually-hidden">{caption}</caption>
        <TableHead {...{ columns, sorting, setSorting }} />
        <tbody>
          {shown.map((row) => (
            <tr key={keyOf(row)} data-key={keyOf(row)}>
              {columns.map((column) => (
                <TableCell key={column.key} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
        {foot}
      </table>
      {shown.length === 0 && (
        <p class="hint table-none">
          {words.table.nothing}{' '}
          <button
            type="button"
            class="link-button"
            onClick={() => {
              setFind('');
              setChosen(null);
            }}
          >
            {words.table.clear}
          </button>
        </p>
      )}
    </div>
  );
}

function TableCell<R>({ column, row }: { column: Column<R>; row: R }) {
  const name = column.number ? 'number' : undefined;
  if (column.isHead) {
    return (
      <th scope="row" class={name}>
        {column.cell(row)}
      </th>
    );
  }
  return (
    <td class={name} data-label={column.head}>
      {column.cell(row)}
    </td>
  );
}

interface HeadProps<R> {
  columns: readonly Column<R>[];
  sorting: Sorting | null;
  setSorting: (sorting: Sorting) => void;
}

function TableHead<R>({ columns, sorting, setSorting }: HeadProps<R>) {
  const words = useWords();
  return (
    <thead>
      <tr>
        {columns.map(({ key, head, sortBy, number }) => {
          const isSorted = sorting?.key === key;
          const direction = sorting?.down ? 'descending' : 'ascending';
          return (
            <th
              key={key}
              scope="col"
              class={number ? 'number' : undefined}
              aria-sort={isSorted ? direction : undefined}
            >
              {sortBy ? (
                <button
                  type="button"
                  class="sort-button"
                  title={words.table.sortBy(head)}
                  onClick={() => setSorting({ key, down: isSorted ? !sorting.down : number === true })}
                >
                  {head}
                  <span class="sort-mark" aria-hidden="true">
                    {isSorted ? (sorting.down ? '▼' : '▲') : '↕'}
                  </span>
                </button>
              ) : (
                head
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface ToolsProps<R> extends HeadProps<R> {
  find: string;
  setFind: (find: string) => void;
  hasFind: boolean;
  chosen: string | null;
  setChosen: (label: string | null) => void;
  filters: { label: string; n: number }[];
  shown: string;
}

function TableTools<R>(props: ToolsProps<R>) {
  const { find, setFind, hasFind, chosen, setChosen, filters, shown, columns, sorting, setSorting } = props;
  const words = useWords();
  const id = useId();
  const sortable = columns.filter(({ sortBy }) => sortBy);
  return (
    <div class="table-tools">
      {hasFind && (
        <input
          type="search"
          class="input input-find"
          aria-label={words.table.filter}
          placeholder={words.table.filter}
          data-testid="table-find"
          value={find}
          onInput={(event) => setFind(event.currentTarget.value)}
        />
      )}
      {filters.length > 0 && (
        <div class="chips" role="group" aria-label={words.table.filter}>
          {[{ label: words.all, n: -1 }, ...filters.filter(({ n }) => n > 0)].map(({ label, n }) => {
            const isChosen = n === -1 ? chosen === null : chosen === label;
            return (
              <button
                key={label}
                type="button"
                class={`chip${isChosen ? ' is-chosen' : ''}`}
                aria-pressed={isChosen}
                onClick={() => setChosen(n === -1 ? null : label)}
              >
                {label} {n === -1 ? '' : <span class="chip-count">{n}</span>}
              </button>
            );
          })}
        </div>
      )}
      <label class="sort-select" for={id}>
        <span class="visually-hidden">{words.table.sortBy('')}</span>
        <select
          id={id}
          class="input"
          value={sorting ? `${sorting.key}` : ''}
          onChange={(event) => {
            const key = event.currentTarget.value;
            setSorting({ key, down: columns.find((column) => column.key === key)?.number === true });
          }}
        >
          {!sorting && <option value="">{words.table.unsorted}</option>}
          {sortable.map(({ key, head }) => (
            <option key={key} value={key}>
              {words.table.sortBy(head)}
            </option>
          ))}
        </select>
      </label>
      <span class="hint table-shown" role="status">
        {shown}
      </span>
    </div>
  );
}
