import type { HttpClient } from '@app/client';

const ROOM_NAME = 'Demo room · 演示群';

/** The one demo room, found by its name among the open ones or made by whoever asks first. */
export class DemoRoom {
  private found: Promise<string> | undefined;

  /** The room's id. Throws what HttpClient throws; the next call then looks again. */
  find(http: HttpClient): Promise<string> {
    this.found ??= findOrMake(http).catch((error: unknown) => {
      this.forget();
      throw error;
    });
    return this.found;
  }

  /** It is gone: a database made afresh has no such room. */
  forget(): void {
    this.found = undefined;
  }
}

async function findOrMake(http: HttpClient): Promise<string> {
  const room = (await http.openRooms()).find(({ name }) => name === ROOM_NAME);
  return room?.roomId ?? (await http.createRoom(ROOM_NAME, true)).roomId;
}
