import { useEffect, useRef, useState } from 'preact/hooks';
import type { AudienceUpload } from '@app/contracts';
import { consoleApi } from '../net/console-api.js';
import type { Upload } from '../net/upload.js';
import { Checker } from '../plan/check-value.js';
import { LIMITS } from '../plan/limits.js';
import { useAction } from '../state/use-action.js';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';
import { FieldFrame, TextField } from './fields.js';
import { FormScope, useField, useForm } from './form.js';
import { FailureNote, GoodNote } from './notes.js';

const ROWS_SHOWN = 200;

/** How far it is; once everything is sent, that the server reads. */
export function Progress({ part, sending, reading }: { part: number; sending: string; reading: string }) {
  const done = part >= 1;
  return (
    <div class="progress" role="status">
      <progress max={1} {...(done ? {} : { value: part })} aria-label={done ? reading : sending} />
      <span class="hint">{done ? reading : sending}</span>
    </div>
  );
}

/** The lines that were left out, each with its number and why. */
function Rejected({ rejected, rejectedCount }: Pick<AudienceUpload, 'rejected' | 'rejectedCount'>) {
  const words = useWords().lists;
  const { count } = useFigures();
  if (rejectedCount === 0) return <p class="hint">{words.noneRejected}</p>;
  const shown = rejected.slice(0, ROWS_SHOWN);
  return (
    <div class="stack-tight">
      <p class="field-problem" data-testid="rejected-count">
        {words.rejected(rejectedCount)}
      </p>
      <div class="rejected" tabIndex={0} role="region" aria-label={words.rejectedCaption}>
        <table class="table table-plain" data-testid="rejected">
          <caption class="visually-hidden">{words.rejectedCaption}</caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                {words.line}
              </th>
              <th scope="col">{words.reason}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ line, reason }) => (
              <tr key={line}>
                <th scope="row" class="number">
                  {count(line)}
                </th>
                <td>{words.reasons[reason] ?? reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rejectedCount > shown.length && <p class="hint">{words.more(rejectedCount - shown.length)}</p>}
    </div>
  );
}

function FileField({ file, choose }: { file: File | null; choose: (file: File | null) => void }) {
  const words = useWords().lists;
  const field = useField('file', true);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!file && input.current) input.current.value = '';
  }, [file]);
  return (
    <FieldFrame label={words.file} field={field} hint={words.fileHint}>
      {/* The browser's own words for "no file chosen" are not in the language of the page. */}
      <label class="file-choice" for={field.id}>
        <input
          {...field.input}
          ref={input}
          type="file"
          class="visually-hidden"
          accept=".csv,.txt,text/csv,text/plain"
          onChange={(event) => choose(event.currentTarget.files?.[0] ?? null)}
        />
        <span class="button button-soft">{words.choose}</span>
        <span class="clip">{file?.name ?? words.noFile}</span>
      </label>
    </FieldFrame>
  );
}

interface ListUploadProps {
  tenantId: string;
  onDone: (audienceId: string) => void;
}

function useListUpload({ tenantId, onDone }: ListUploadProps) {
  const words = useWords();
  const [name, setName] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [part, setPart] = useState(0);
  const [done, setDone] = useState<AudienceUpload | null>(null);
  const running = useRef<Upload<AudienceUpload> | null>(null);
  const action = useAction();
  const checker = new Checker({ say: words.problems, currency: 'CNY', money: String });
  checker.text('name', name, LIMITS.nameChars, { needed: true });
  checker.add('file', !file && words.lists.fileNeeded);
  checker.add('file', (file?.size ?? 0) > LIMITS.audienceBytes && words.lists.tooLarge);
  const form = useForm(checker.problems);
  useEffect(() => () => running.current?.abort(), []);
  const submit = async () => {
    setDone(null);
    if (!form.check() || !file) return;
    setPart(0);
    await action.run(async () => {
      running.current = consoleApi.uploadAudience(tenantId, name.trim(), file, setPart);
      const answer = await running.current.answer;
      setDone(answer);
      setName('');
      setFile(null);
      form.reset();
      onDone(answer.audienceId);
    });
    running.current = null;
  };
  return {
    name,
    setName,
    file,
    setFile,
    part,
    done,
    form,
    action,
    submit,
    stop: () => running.current?.abort(),
  };
}

/** Uploads a list and shows what of it was left out, by line. Stands inside other forms, so it is none itself. */
export function ListUpload(props: ListUploadProps) {
  const words = useWords();
  const { percent } = useFigures();
  const { name, setName, file, setFile, part, done, form, action, submit, stop } = useListUpload(props);
  return (
    <FormScope form={form}>
      <div
        class="stack"
        data-testid="list-upload"
        onKeyDown={(event) => {
          // The form around it is another one.
          if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          path="name"
          label={words.lists.nameLabel}
          placeholder={words.lists.namePlaceholder}
          value={name}
          onChange={setName}
        />
        <FileField file={file} choose={setFile} />
        {action.working && (
          <Progress part={part} sending={words.lists.sending(percent(part))} reading={words.lists.reading} />
        )}
        {action.failure && <FailureNote failure={action.failure} leftOver={action.failure.issues} />}
        {action.working ? (
          <button type="button" class="button button-soft" onClick={stop}>
            {words.lists.stop}
          </button>
        ) : (
          <button
            type="button"
            class="button button-red"
            data-testid="upload-list"
            onClick={() => void submit()}
          >
            {words.lists.submit}
          </button>
        )}
        {done && (
          <>
            <GoodNote testId="list-accepted">{words.lists.accepted(done.accepted)}</GoodNote>
            <Rejected {...done} />
          </>
        )}
      </div>
    </FormScope>
  );
}
