import { difference, type NormalizedQuestion } from './normalize.ts';

/** Words of which one on either side makes two questions, and words that mean the same there. */
const OPPOSITES = `
  on/off up/down in/out before/after above/below over/under inside/outside front/back left/right top/bottom
  first/last more/less most/least many/few max/min maximum/minimum highest/lowest high/low higher/lower large/small
  larger/smaller big/small bigger/smaller long/short longer/shorter old/new older/newer young/old early/late
  earlier/later fast/slow faster/slower quick/slow cheap/expensive cheaper/dearer hot/cold warm/cold light/dark
  light/heavy easy/hard easy/difficult good/bad better/worse best/worst right/wrong correct/incorrect true/false
  full/empty open/close opening/closing opened/closed start/end start/stop start/finish begin/end beginning/end
  starting/ending enable/disable enabled/disabled activate/deactivate activated/deactivated activation/deactivation
  active/inactive lock/unlock locked/unlocked block/unblock blocked/unblocked freeze/unfreeze frozen/unfrozen
  subscribe/unsubscribe subscribed/unsubscribed install/uninstall connect/disconnect link/unlink pin/unpin
  mute/unmute hide/show hidden/visible follow/unfollow add/remove add/delete create/delete make/delete insert/remove
  attach/detach append/remove increase/decrease increasing/decreasing raise/lower raise/reduce increase/reduce
  upgrade/downgrade upgrading/downgrading expand/collapse zoom/shrink grow/shrink gain/lose win/lose find/lose buy/sell
  buying/selling bought/sold purchase/sell lend/borrow give/take send/receive sending/receiving sent/received
  upload/download uploading/downloading import/export importing/exporting push/pull deposit/withdraw
  deposit/withdrawal depositing/withdrawing credit/debit income/expense profit/loss pay/refund payment/refund
  charge/refund accept/reject accept/decline accepted/rejected accepted/declined approve/reject approved/rejected
  approve/deny allow/forbid allow/block allow/deny allowed/forbidden permit/prohibit permitted/prohibited
  grant/revoke include/exclude included/excluded including/excluding with/without possible/impossible legal/illegal
  safe/unsafe safe/dangerous secure/insecure valid/invalid available/unavailable online/offline public/private
  internal/external domestic/international national/international local/remote local/global manual/automatic
  manually/automatically free/paid single/multiple single/double single/married single/joint single/return syntax/semantic same/different always/never
  everything/nothing everyone/nobody all/none arrive/depart arrival/departure arriving/departing arrive/leave
  enter/leave enter/exit entry/exit entrance/exit inbound/outbound incoming/outgoing checkin/checkout
  import/export sender/recipient sender/receiver buyer/seller employer/employee teacher/student parent/child
  male/female man/woman men/women boy/girl husband/wife mother/father brother/sister son/daughter
  adult/child day/night morning/evening weekday/weekend summer/winter spring/autumn north/south east/west northern/southern
  eastern/western wet/dry clean/dirty strong/weak hard/soft loud/quiet thick/thin wide/narrow deep/shallow near/far
  rich/poor sick/healthy alive/dead happy/sad love/hate like/dislike agree/disagree success/failure succeed/fail
  pass/fail attack/defend war/peace question/answer problem/solution cause/effect positive/negative plus/minus
  multiply/divide addition/subtraction even/odd horizontal/vertical input/output read/write save/delete save/load
  encrypt/decrypt compress/decompress compress/extract lock/open pack/unpack zip/unzip fold/unfold wrap/unwrap
  tie/untie load/unload do/undo redo/undo renew/cancel renew/expire order/cancel book/cancel booking/cancellation
  keep/cancel join/leave sign/unsign register/unregister login/logout log/unlog opt/unopt mandatory/optional
  required/optional temporary/permanent temporarily/permanently partial/full partially/fully physical/virtual
  physical/digital natural/artificial simple/complex singular/plural ancient/modern past/future previous/next
  forward/backward forwards/backwards clockwise/anticlockwise ascending/descending ascend/descend rise/fall
  rising/falling inflow/outflow inner/outer upper/lower major/minor majority/minority superior/inferior
  import/export wholesale/retail gross/net principal/interest asset/liability lender/borrower landlord/tenant
  hire/fire hired/fired employ/dismiss promote/demote accelerate/brake push/brake vegan/meat winner/loser
  earliest/latest shortest/longest nearest/farthest fastest/slowest smallest/largest smallest/biggest oldest/newest
  cheapest/dearest cheapest/expensive easiest/hardest youngest/oldest fewer/more fewest/most less/greater
  archive/restore freeze/thaw discard/save discard/keep drop/raise indoor/outdoor indoors/outdoors ingoing/outgoing
  sunrise/sunset upstairs/downstairs takeoff/landing advantage/disadvantage benefit/drawback pros/cons
  synchronous/asynchronous symmetric/asymmetric mutable/immutable static/dynamic client/server frontend/backend
  prefix/suffix inhale/exhale analog/digital wired/wireless compulsory/optional compulsory/voluntary urgent/routine
  before/during during/after and/or can/should must/may must/can sender/receiver reusable/disposable
  serialize/deserialize encode/decode charge/discharge credit/charge return/oneway syntax/semantic once/twice
  prevent/get prevent/cause avoid/get avoid/pay avoid/cause stop/continue stop/begin stop/allow miss/make miss/catch
  cancel/change cancel/confirm cancel/keep cancel/make cancel/place cancel/reschedule cancel/reactivate cancel/pause
  pause/resume ignore/accept ignore/answer confirm/deny refuse/accept refuse/agree ban/allow ban/unban leave/stay
  come/go bring/take borrow/return repair/break fix/break build/destroy build/demolish sink/float sleep/wake
  remember/forget start/quit begin/quit arrive/go minor/adult minimum/average average/maximum above/under over/below
  bottom/up north/southern live/dead living/dead lead/follow win/draw vertical/sideways gains/losses gain/loss
  gained/lost won/lost rented/owned rent/own rent/buy rent/let lease/buy used/new secondhand/new real/fake
  original/copy human/bot person/company theory/practice supply/demand debtor/creditor guest/host pro/con
  charged/refunded delivered/returned delivery/return ship/return shipped/returned shipping/return exchange/refund
`
  .trim()
  .split(/\s+/);

const pairs = new Set<string>();
for (const each of OPPOSITES) {
  const [a = '', b = ''] = each.split('/');
  pairs.add(`${a} ${b}`);
  pairs.add(`${b} ${a}`);
}

const PREFIX = /^(?:un|in|im|il|ir|dis|non|de|mis|anti|a)(?=\p{L}{3})/u;

/** "Paid" and "unpaid", "useful" and "useless": opposites by how they are made. */
const isNegated = (word: string, other: string): boolean =>
  (word.length > other.length && word.endsWith(other) && word.replace(PREFIX, '') === other) ||
  (word.endsWith('less') && other.endsWith('ful') && word.slice(0, -4) === other.slice(0, -3));

const areOpposite = (a: string, b: string): boolean =>
  pairs.has(`${a} ${b}`) || isNegated(a, b) || isNegated(b, a);

/** A word and its opposite, one on either side. */
export function antonyms(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  const [a, b] = difference(asked.words, stored.words);
  for (const left of a) {
    for (const right of b) {
      if (areOpposite(left, right)) return `"${left}" is not "${right}"`;
    }
  }
  return prefixed(a, b);
}

/** "Non-smoking" is written in two. */
const prefixed = (...sides: readonly (readonly string[])[]): string | null =>
  sides.some((words) => words.includes('non')) ? 'only one of them says "non"' : null;
