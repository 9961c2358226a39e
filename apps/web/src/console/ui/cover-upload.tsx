import { useEffect, useRef, useState } from 'preact/hooks';
import { consoleApi } from '../net/console-api.js';
import { Checker, wholeOf } from '../plan/check-value.js';
import { isoOfLocal, msOfLocal } from '../plan/instants.js';
import { LIMITS } from '../plan/limits.js';
import { useAction } from '../state/use-action.js';
import { useFigures } from '../use-figures.js';
import { useWords, type Words } from '../words/index.js';
import { InstantField, TextField } from './fields.js';
import { FormScope, useField, useForm } from './form.js';
import { Progress } from './list-upload.js';
import { FailureNote, GoodNote } from './notes.js';

const TYPES = ['image/png', 'image/jpeg', 'image/webp'];
const USES_MAX = 1_000_000_000;

interface Typed {
  file: File | null;
  validFrom: string;
  validUntil: string;
  usesMax: string;
}

const NOTHING: Typed = { file: null, validFrom: '', validUntil: '', usesMax: '' };

function check({ file, validFrom, validUntil, usesMax }: Typed, words: Words) {
  const checker = new Checker({ say: words.problems, currency: 'CNY', money: String });
  const [from, until] = [msOfLocal(validFrom), msOfLocal(validUntil)];
  if (!file) checker.add('image', words.problems.needed);
  else if (!TYPES.includes(file.type)) checker.add('image', words.covers.notAnImage);
  else if (file.size > LIMITS.coverBytes) checker.add('image', words.covers.tooLarge);
  if (until !== null && from !== null && until <= from)
    checker.add('validUntil', words.problems.endBeforeStart);
  else if (until !== null && until <= Date.now()) checker.add('validUntil', words.problems.past);
  checker.whole('usesMax', usesMax, 1, USES_MAX, { needed: false });
  return checker.problems;
}

function formOf({ file, validFrom, validUntil, usesMax }: Typed, tenantId: string): FormData {
  const form = new FormData();
  const fields = { tenantId, validFrom: isoOfLocal(validFrom), validUntil: isoOfLocal(validUntil) };
  for (const [name, value] of Object.entries(fields)) if (value) form.set(name, value);
  const uses = wholeOf(usesMax);
  if (uses !== null) form.set('usesMax', String(uses));
  form.set('image', file!);
  return form;
}

function usePicture(file: File | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!file) return setUrl(null);
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}

/** Chosen or dropped here, and shown before it is sent. */
function PictureField({ file, choose }: { file: File | null; choose: (file: File | null) => void }) {
  const words = useWords().covers;
  const field = useField('image', false);
  const url = usePicture(file);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <div class="field">
      <label
        class={`picture-drop${over ? ' is-over' : ''}${url ? ' has-picture' : ''}`}
        for={field.id}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          choose(event.dataTransfer?.files[0] ?? null);
        }}
      >
        <input
          {...field.input}
          ref={input}
          type="file"
          class="visually-hidden"
          accept={TYPES.join(',')}
          onChange={(event) => choose(event.currentTarget.files?.[0] ?? null)}
        />
        {url ? <img src={url} alt="" /> : <span>{words.drop}</span>}
        <span class="button button-soft">{url ? words.other : words.choose}</span>
      </label>
      {field.problem && (
        <p id={`${field.id}-note`} class="field-problem" role="alert" data-testid="field-problem">
          {field.problem}
        </p>
      )}
    </div>
  );
}

interface CoverUploadProps {
  tenantId: string;
  onDone: (coverId: string) => void;
}

function useCoverUpload({ tenantId, onDone }: CoverUploadProps) {
  const words = useWords();
  const [typed, setTyped] = useState(NOTHING);
  const [part, setPart] = useState(0);
  const [done, setDone] = useState(false);
  const action = useAction();
  const form = useForm(check(typed, words));
  const change = (change: Partial<Typed>) => {
    setTyped({ ...typed, ...change });
    form.touched();
    setDone(false);
  };
  const submit = async () => {
    if (!form.check()) return;
    setPart(0);
    await action.run(
      async () => {
        const { coverId } = await consoleApi.uploadCover(formOf(typed, tenantId), setPart).answer;
        setTyped(NOTHING);
        form.reset();
        setDone(true);
        onDone(coverId);
      },
      (failure) => form.refuse(failure, { not_an_image: 'image', payload_too_large: 'image' }),
    );
  };
  return { typed, change, part, done, form, action, submit };
}

/** A new picture for packets, with when and how often it may be used. */
export function CoverUpload(props: CoverUploadProps) {
  const words = useWords();
  const { percent } = useFigures();
  const { typed, change, part, done, form, action, submit } = useCoverUpload(props);
  return (
    <FormScope form={form}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <PictureField file={typed.file} choose={(file) => change({ file })} />
        <InstantField
          path="validFrom"
          label={`${words.covers.validFrom} (${words.optional})`}
          value={typed.validFrom}
          onChange={(validFrom) => change({ validFrom })}
        />
        <InstantField
          path="validUntil"
          label={`${words.covers.validUntil} (${words.optional})`}
          value={typed.validUntil}
          onChange={(validUntil) => change({ validUntil })}
        />
        <TextField
          path="usesMax"
          kind="whole"
          label={words.covers.usesMax}
          hint={words.covers.unlimited}
          value={typed.usesMax}
          onChange={(usesMax) => change({ usesMax })}
        />
        {action.working && (
          <Progress
            part={part}
            sending={words.covers.working(percent(part))}
            reading={words.covers.reading}
          />
        )}
        {action.failure && <FailureNote failure={action.failure} leftOver={form.leftOver} />}
        {done && <GoodNote testId="cover-done">{words.covers.done}</GoodNote>}
        <button type="submit" class="button button-red" disabled={action.working} data-testid="upload-cover">
          {words.covers.submit}
        </button>
      </form>
    </FormScope>
  );
}
