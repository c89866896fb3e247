/** Not by rule. Maps, because "constructor" is a word as well. */
const WHOLE = new Map<string, string>([
  ["can't", 'can not'],
  ["won't", 'will not'],
  ["shan't", 'shall not'],
  ["ain't", 'is not'],
  ["let's", 'let us'],
  ["y'all", 'you all'],
  ['cannot', 'can not'],
  ['dont', 'do not'],
  ['doesnt', 'does not'],
  ['didnt', 'did not'],
  ['cant', 'can not'],
  ['wont', 'will not'],
  ['isnt', 'is not'],
  ['arent', 'are not'],
  ['wasnt', 'was not'],
  ['werent', 'were not'],
  ['havent', 'have not'],
  ['hasnt', 'has not'],
  ['hadnt', 'had not'],
  ['couldnt', 'could not'],
  ['wouldnt', 'would not'],
  ['shouldnt', 'should not'],
  ['im', 'i am'],
  ['ive', 'i have'],
  ['whats', 'what is'],
  ['wheres', 'where is'],
  ['hows', 'how is'],
  ['thats', 'that is'],
  ['theres', 'there is'],
  ['youre', 'you are'],
  ['u', 'you'],
  ['ur', 'your'],
  ['pls', 'please'],
  ['plz', 'please'],
  ['thx', 'thanks'],
  ['ty', 'thanks'],
  ['wanna', 'want to'],
  ['gonna', 'going to'],
  ['gotta', 'have to'],
  ['acct', 'account'],
]);

/** Words after which 's is "is"; after anything else it is a possessive. */
const IS_AFTER = new Set([
  'what',
  'who',
  'where',
  'when',
  'why',
  'how',
  'it',
  'that',
  'there',
  'here',
  'he',
  'she',
]);

const ENDINGS: readonly (readonly [ending: string, words: readonly string[]])[] = [
  ["n't", ['not']],
  ["'re", ['are']],
  ["'ve", ['have']],
  ["'ll", ['will']],
  ["'d", ['would']],
  ["'m", ['am']],
];

/** A token in small letters, written out. A possessive falls away. */
export function writeOut(token: string): readonly string[] {
  const whole = WHOLE.get(token);
  if (whole !== undefined) return whole.split(' ');
  if (!token.includes("'")) return [token];
  for (const [ending, words] of ENDINGS) {
    if (token.endsWith(ending)) return [token.slice(0, -ending.length), ...words].filter(Boolean);
  }
  const stem = token.replace(/'s?$/, '');
  if (token.endsWith("'s") && IS_AFTER.has(stem)) return [stem, 'is'];
  return [stem.replaceAll("'", '')];
}
