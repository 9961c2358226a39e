import type { AudienceView, TenantView } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import { useLoad } from '../state/use-load.js';
import { DataTable, type Column } from '../ui/data-table.js';
import { ListUpload } from '../ui/list-upload.js';
import { Await, Empty } from '../ui/notes.js';
import { useFigures, type Figures } from '../use-figures.js';
import { useWords, type Words } from '../words/index.js';

function columnsOf(words: Words, { count, instant }: Figures): Column<AudienceView>[] {
  const said = words.lists;
  return [
    {
      ...{ key: 'name', head: said.name, isHead: true },
      cell: ({ name }) => name,
      sortBy: ({ name }) => name,
    },
    {
      ...{ key: 'count', head: said.count, number: true },
      cell: (list) => count(list.count),
      sortBy: (list) => list.count,
    },
    {
      ...{ key: 'createdAt', head: said.createdAt },
      cell: ({ createdAt }) => instant(createdAt),
      sortBy: ({ createdAt }) => createdAt,
    },
  ];
}

/** Uploaded lists of people. */
export function Lists({ tenant }: { tenant: TenantView }) {
  const words = useWords();
  const figures = useFigures();
  const { tenantId } = tenant;
  const lists = useLoad(`lists ${tenantId}`, () => consoleApi.audiences(tenantId));
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words.lists.heading}</h1>
          <p class="hint">{words.lists.intro}</p>
        </div>
      </header>
      <div class={tenant.role === 'viewer' ? 'stack' : 'with-side'}>
        <Await of={lists}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={words.lists.none}>
                <p>{words.lists.fileHint}</p>
              </Empty>
            ) : (
              <div class="card card-table">
                <DataTable
                  caption={words.lists.caption}
                  columns={columnsOf(words, figures)}
                  rows={rows}
                  keyOf={({ audienceId }) => audienceId}
                  textOf={({ name }) => name}
                  testId="lists"
                />
              </div>
            )
          }
        </Await>
        {tenant.role !== 'viewer' && (
          <section class="card stack">
            <h2>{words.lists.upload}</h2>
            <ListUpload tenantId={tenantId} onDone={() => void lists.reload()} />
          </section>
        )}
      </div>
    </>
  );
}
