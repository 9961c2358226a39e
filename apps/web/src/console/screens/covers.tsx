import type { CoverView, TenantView } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import { useLoad } from '../state/use-load.js';
import { CoverUpload } from '../ui/cover-upload.js';
import { Await, Empty } from '../ui/notes.js';
import { PartBar } from '../ui/marks.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';

/** Why a cover can't be put on a packet at the moment; null: it can. */
export function standingOf(
  { validFrom, validUntil, uses, usesMax }: CoverView,
  now: number,
): 'notYet' | 'over' | 'usedUp' | null {
  if (usesMax !== undefined && uses >= usesMax) return 'usedUp';
  if (validUntil && Date.parse(validUntil) <= now) return 'over';
  return validFrom && Date.parse(validFrom) > now ? 'notYet' : null;
}

function Cover({ cover }: { cover: CoverView }) {
  const words = useWords().covers;
  const { instant } = useFigures();
  const { url, createdAt, validFrom, validUntil, uses, usesMax, width, height } = cover;
  const standing = standingOf(cover, Date.now());
  const validity = [
    validFrom && words.from(instant(validFrom)),
    validUntil && words.until(instant(validUntil)),
  ];
  return (
    <li class={`cover-card${standing ? ' is-out' : ''}`} data-testid="cover">
      <img src={url} width={width} height={height} alt={words.alt(instant(createdAt))} loading="lazy" />
      <div class="cover-text">
        {standing && <span class="state state-cancelled">{words[standing]}</span>}
        <p>{validity.filter(Boolean).join(' · ') || words.always}</p>
        <p class="hint">{words.uses(uses, usesMax)}</p>
        {usesMax !== undefined && <PartBar part={uses} whole={usesMax} tone="gold" />}
      </div>
    </li>
  );
}

/** The pictures of a brand's packets. */
export function Covers({ tenant }: { tenant: TenantView }) {
  const words = useWords();
  const { tenantId } = tenant;
  const covers = useLoad(`covers ${tenantId}`, () => consoleApi.covers(tenantId));
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words.covers.heading}</h1>
          <p class="hint">{words.covers.intro}</p>
        </div>
      </header>
      <div class={tenant.role === 'viewer' ? 'stack' : 'with-side'}>
        <Await of={covers}>
          {(all) =>
            all.length === 0 ? (
              <Empty title={words.covers.heading}>
                <p>{words.covers.none}</p>
              </Empty>
            ) : (
              <ul class="cover-list">
                {all.map((cover) => (
                  <Cover key={cover.coverId} cover={cover} />
                ))}
              </ul>
            )
          }
        </Await>
        {tenant.role !== 'viewer' && (
          <section class="card stack">
            <h2>{words.covers.upload}</h2>
            <CoverUpload tenantId={tenantId} onDone={() => void covers.reload()} />
          </section>
        )}
      </div>
    </>
  );
}
