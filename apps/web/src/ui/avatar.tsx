const HUES = 8;

function hueOf(userId: string): number {
  let sum = 0;
  for (const letter of userId) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0;
  return sum % HUES;
}

/** The first letter on a colour that stays with the person. */
export function Avatar({ userId, name, large }: { userId: string; name: string; large?: boolean }) {
  const [letter = '?'] = name.trim() || userId;
  return (
    <span class={`avatar hue-${hueOf(userId)}${large ? ' avatar-large' : ''}`} aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  );
}
