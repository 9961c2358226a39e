import { Failure } from '../../net/failure.js';
import { authorization, failureIn, noteFailure, serverStore } from './request.js';

export interface Upload<T> {
  answer: Promise<T>;
  abort: () => void;
}

/**
 * Sends a file with word of how far it is: `fetch` can't tell. `onProgress` gets 0 to 1; 1 means that the server has it all
 * and is reading. An upload takes as long as the line needs, so only silence ends it.
 */
export function upload<T>(
  path: string,
  body: Blob | FormData,
  contentType: string | null,
  onProgress: (part: number) => void,
): Upload<T> {
  const asking = new XMLHttpRequest();
  const headers = authorization();
  const answer = new Promise<T>((resolve, reject) => {
    const refuse = (failure: Failure) => {
      noteFailure(failure, headers.authorization);
      reject(failure);
    };
    asking.open('POST', `/api/v1${path}`);
    for (const [name, value] of Object.entries(headers)) asking.setRequestHeader(name, value);
    if (contentType) asking.setRequestHeader('content-type', contentType);
    asking.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total > 0 ? loaded / total : 0),
    );
    asking.addEventListener('error', () => refuse(new Failure('offline')));
    asking.addEventListener('abort', () => reject(new Failure('no_answer')));
    asking.addEventListener('load', () => {
      if (asking.status < 200 || asking.status > 299)
        return refuse(failureIn(asking.status, asking.responseText));
      serverStore.set({ away: false });
      resolve(JSON.parse(asking.responseText) as T);
    });
    asking.send(body);
  });
  return { answer, abort: () => asking.abort() };
}
