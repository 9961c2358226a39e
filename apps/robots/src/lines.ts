/** Robot n is `robot_<n>` and has the nth of these names; past the last one they begin again with a number. */
const NAMES = [
  ...['小明', '阿芳', 'Lucky Leo', '王大福', 'Mei Mei', '老张', 'Sunny Sun', '小红豆', 'Captain Koi', '阿杰'],
  ...[
    'Happy Hana',
    '圆圆',
    'Uncle Ben',
    '糖糖',
    'Rosy Rui',
    '大壮',
    'Joy Jiang',
    '小石头',
    'Kind Kai',
    '团团',
  ],
];

export function robotName(n: number): string {
  const name = NAMES[(n - 1) % NAMES.length]!;
  const round = Math.ceil(n / NAMES.length);
  return round === 1 ? name : `${name} ${round}`;
}

export const WELCOMES = [
  '欢迎欢迎！🎉',
  'Welcome! Stay a moment, a red packet is on its way.',
  '新朋友来啦，坐坐，马上有红包～',
  'Hello there! Nice to see you here.',
  '来得正好，一起抢红包！',
];

export const CHATS = [
  '今天手气不错呀',
  'May everyone have a lucky day.',
  '祝大家天天开心 😊',
  'I always get the smallest share, and I still love it.',
  '红包不在大小，开心最重要',
  'Who had the best luck last time?',
  '大家新年有什么计划？',
  'You can send one too: the button is right there.',
  '点开红包看看明细，很有意思',
  'Every split can be checked afterwards. Try the proof of a closed packet.',
  '谁抢到手气最佳，谁发下一个？',
  'My grandma is faster than me at this.',
];

export const THANKS = [
  '谢谢老板！🧧',
  'Thank you!',
  '谢谢，沾沾喜气',
  'Lucky me, thanks!',
  '抢到啦，谢谢～',
  'Thanks, you made my day.',
];

export const GREETINGS = [
  '恭喜发财，大吉大利',
  '新年快乐，万事如意',
  'Happy New Year!',
  '年年有余',
  '心想事成',
  'Good luck to all of you',
  '身体健康，阖家幸福',
  'Peace and plenty',
];
