/** English function words, and the polite wrapping of questions. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about after again all also am an and any are aren't around as at back be because been before being
  both but by can can't cannot could couldn't did didn't do does doesn't doing don't down each else
  ever every few for from further get gets getting give given go goes going got had happen happened happens has hasn't have
  haven't having he he'd he'll he's hello her here hers herself hi him himself his how i i'd i'll
  i'm i've if in into is isn't it it'd it'll it's its itself just kindly know let let's like likely
  made make makes many may maybe me might mine more most much must my myself need needs no nor not
  now of off ok on once one ones only or other our ours out over own per please policy policies possible really s
  same shall she should shouldn't since so some something still stuff such take takes taking t tell than thank thanks that
  that's the their theirs them then there there's these they they'd they'll they're they've thing
  things this those through to too try under until up upon us use used using very want wants was
  wasn't way we we'd we'll we're we've well were weren't what what's when where which while who
  who's whom whose why will with within without won't would wouldn't yes yet you you'd you'll you're
  you've your yours`.split(/\s+/),
);

/** Phrases that mean more than their words. They are replaced before a text is cut into words. */
export const PHRASES: readonly (readonly [phrase: RegExp, concept: string])[] = [
  [/\bmoney[\s-]back\b|\b(?:pay|paid|paying)(?: [\w'-]+){0,3} back\b/g, 'refund'],
  [/\bpick(?:ing|ed)?(?: [\w'-]+){0,3} up\b/g, 'collect'],
  [/\b(?:send|sending|sent|give|giving|bring|take|ship)(?: [\w'-]+){0,3} back\b/g, 'return'],
  [
    /\b(?:get|getting|want|have)(?: [\w'-]+){0,2} (?:money|payment) (?:returned|refunded)\b/g,
    'refund',
  ],
  [/\bsign(?:ing|ed)?[\s-]up\b/g, 'register'],
  [/\b(?:sign|log)(?:g?ing|ged)?[\s-](?:in|on)\b/g, 'login'],
  [/\bopt(?:ing)? out\b/g, 'unsubscribe'],
  [/\bget rid of\b/g, 'delete'],
  [/\bhow (?:much|expensive)\b/g, 'price'],
  [/\bhow (?:long|soon|fast|quick(?:ly)?|many (?:days|weeks|hours))\b/g, 'duration'],
  [/\bwhen (?:will|do|does|is|are|can)\b/g, 'duration'],
  // A span of time answers "how long", an amount answers "how much".
  [
    /\b(?:\d+|an?|one|two|three|four|five|ten) (?:(?:business|working|calendar) )?(?:minute|hour|day|week|month|year)s?\b/g,
    'duration',
  ],
  [
    /\b(?:opening|business|office|working) (?:hours|times)\b|\bfrom \d\d?(?::\d\d)? ?(?:am)? (?:to|until) \d\d?(?::\d\d)? ?(?:pm)?/g,
    'openinghours',
  ],
  [/\bphone number\b|\+\d[\d\s()/-]{6,}\d/g, 'phone'],
  [/\b(?:want|need|give me|get) my money\b/g, 'refund'],
  [/[$€£]\s?\d[\d.,]*/g, '$& price'],
  [
    /\bwhere(?:'s| is| are) (?:my|our|the) (?=order|parcel|package|delivery|shipment|stuff)/g,
    'track ',
  ],
  [
    /\b(?:talk|speak) (?:to|with)\b|\bget in touch\b|\breach (?:you|us|out|someone|a human)\b/g,
    'contact',
  ],
  [
    /\b(?:customer (?:service|care|support)|support team|help ?desk|real person|a human)\b/g,
    'support',
  ],
  [/\b(?:isn't|not|doesn't|does not|won't|stopped) (?:work|working|open|start|load)\b/g, 'broken'],
  [/\b(?:two|2)[\s-](?:factor|step)\b|\b2fa\b|\bmfa\b/g, 'twofactor'],
  [/\b(?:credit|debit|bank) cards?\b/g, 'card'],
  [/\bset(?:ting)?[\s-]up\b/g, 'setup'],
  [/\b(?:gone|went|go) missing\b/g, 'lost'],
  [
    /\b(?:other|another|foreign) countr(?:y|ies)\b|\boutside (?:of )?(?:the )?\w+\b/g,
    'international',
  ],
  [/\be-mail/g, 'email'],
  [/\bfree (?:of charge|trial)\b/g, 'free'],
  [/\bswitch off\b|\bturn(?:ing)? off\b/g, 'disable'],
  [/\bcall off\b/g, 'cancel'],
];

/** Everyday words for the same thing, under one name. */
export const SYNONYMS: readonly (readonly [concept: string, words: string])[] = [
  ['return', 'return refund refunded reimburse reimbursement repay repayment'],
  ['exchange', 'exchange swap replace replacement'],
  [
    'deliver',
    'deliver delivery ship shipping shipment parcel package dispatch courier postage arrive arrival',
  ],
  ['track', 'track tracking locate whereabouts'],
  ['order', 'order purchase buy bought'],
  ['login', 'login password passcode credential signin'],
  [
    'cancel',
    'cancel canceled cancelled cancelling canceling cancellation unsubscribe terminate quit',
  ],
  ['price', 'price pricing cost costs fee rate tariff expensive cheap'],
  ['bill', 'bill billing invoice charge charged receipt'],
  ['pay', 'pay payment paid paying card checkout'],
  ['account', 'account profile'],
  ['delete', 'delete deletion remove removal erase close'],
  ['change', 'change update edit modify alter correct amend'],
  ['contact', 'contact hotline'],
  ['support', 'support assistance helpdesk agent'],
  ['damage', 'damage damaged broken defect defective faulty cracked broke malfunction'],
  ['lost', 'lost missing lose disappeared misplaced'],
  [
    'international',
    'international internationally abroad overseas worldwide foreign country countries',
  ],
  ['discount', 'discount coupon voucher promo promotion promotional rebate'],
  ['warranty', 'warranty guarantee'],
  ['secure', 'secure security safe safety secured'],
  ['privacy', 'privacy private gdpr personal'],
  ['subscribe', 'subscription subscribe plan membership'],
  ['register', 'register registration signup enrol enroll join'],
  ['invite', 'invite teammate colleague coworker member seat'],
  ['export', 'export download backup'],
  ['store', 'store shop branch location premises'],
  ['job', 'job career vacancy hiring recruitment'],
  ['size', 'size sizing fit measurement'],
  ['bug', 'bug error crash crashes glitch exception'],
  ['late', 'late delayed delay overdue slow'],
  ['begin', 'begin start commence onset'],
  ['end', 'end finish conclude expire expiry'],
  ['boss', 'boss manager supervisor'],
  ['holiday', 'holiday vacation leave'],
  ['phone', 'phone telephone mobile cell'],
];
