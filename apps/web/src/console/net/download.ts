import { fetchApi } from './request.js';

const KEPT_MS = 60_000;

/** A link can't carry the token, so the file is fetched and handed to the browser to save. */
export async function download(path: string, fileName: string): Promise<void> {
  const response = await fetchApi('GET', path);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // Some browsers read it only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
