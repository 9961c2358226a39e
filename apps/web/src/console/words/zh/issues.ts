import type { issues as english } from '../en/issues.js';

export const issues: typeof english = {
  issues: {
    'must not be in the past': '这是过去的时间。',
    'must be in the future': '这是过去的时间。',
    'must be after the start': '结束必须晚于开始。',
    'must be after validFrom': '必须晚于生效时间。',
    'must not be before the campaign starts': '那时活动还没有开始。',
    'must be before the campaign ends': '那时活动已经结束。',
    'the last round must be over before the campaign ends': '最后一轮必须在活动结束之前完成。',
    'can no longer be changed: the campaign is scheduled': '活动已排期，这一项已固定。',
    'there is no such room or list': '没有这个群或名单。',
    'must not be blank': '请填写。',
    'must differ from each other': '不能重复。',
    'must be an id given by this service': '这不是本服务的 ID。',
  },
};
