/** Each command is a file of its own; this one only says which there are. */
console.log(`audit    npm run audit [-- --json]       checks I1 to I10 on a running deployment
verify   npm run verify -- <proof.json>  recomputes a split and compares what was paid
migrate  npm run migrate                 brings the database of DATABASE_URL forward`);
