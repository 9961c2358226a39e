/** What few open and nobody in the first second: one chunk, fetched when the page has nothing else to do. */
export { CreateRoomSheet } from './chat/create-room-sheet.js';
export { PeopleSheet } from './chat/people-sheet.js';
export { DetailsSheet } from './packet/details-sheet.js';
export { SendSheet } from './packet/send-sheet.js';
export { HistorySheet } from './wallet/history-sheet.js';
export { WalletSheet } from './wallet/wallet-sheet.js';
