/** Messages of the server beside a field, as it writes them. What is not here is shown as it came. */
export const issues = {
  issues: {
    'must not be in the past': 'This is in the past.',
    'must be in the future': 'This is in the past.',
    'must be after the start': 'The end must come after the start.',
    'must be after validFrom': 'This must come after the beginning.',
    'must not be before the campaign starts': 'The campaign has not begun by then.',
    'must be before the campaign ends': 'The campaign is over by then.',
    'the last round must be over before the campaign ends':
      'The last round must be over before the campaign ends.',
    'can no longer be changed: the campaign is scheduled': 'Fixed since the campaign was scheduled.',
    'there is no such room or list': 'There is no such room or list.',
    'must not be blank': 'This is needed.',
    'must differ from each other': 'They must differ from each other.',
    'must be an id given by this service': 'This is not an ID of this service.',
  } as Record<string, string>,
};
