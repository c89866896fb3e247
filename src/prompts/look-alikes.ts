/**
 * Signs that a reader may take for others. Source: Unicode, confusables.txt and DerivedCoreProperties.txt
 * (Default_Ignorable_Code_Point). What compatibility decomposition (NFKD) tells by itself is not listed.
 */
const ALIKE: Readonly<Record<string, string>> = {
  '<': '\u2039\u02C2\u1438\u276E\u27E8\u3008',
  '/': '\u2044\u2215\u29F8\u2571\\',
  '-': '\u2010\u2011\u2012\u2013\u2014\u2212',
  a: '\u0430\u03B1\u0251',
  b: '\u0184\u042C',
  c: '\u0441\u03F2\u1D04',
  d: '\u0501',
  e: '\u0435\u212E\u04BD',
  g: '\u0261\u0581',
  h: '\u04BB\u0570',
  i: '\u0456\u03B9\u0131\u04CF',
  j: '\u0458\u03F3',
  k: '\u043A\u03BA',
  l: '\u04C0\u01C0',
  m: '\u043C',
  n: '\u0578\u057C',
  o: '\u043E\u03BF\u0585\u1D0F',
  p: '\u0440\u03C1',
  q: '\u051B\u0563\u0566',
  r: '\u0433\u1D26',
  s: '\u0455\uA731',
  t: '\u0442\u03C4',
  u: '\u03C5\u057D\u1D1C',
  v: '\u03BD\u0475\u1D20',
  w: '\u051D\u0461\u1D21',
  x: '\u0445\u03C7',
  y: '\u0443\u03B3\u04AF',
  z: '\u1D22',
};

const MEANT = new Map(
  Object.entries(ALIKE).flatMap(([meant, signs]) => Array.from(signs, (sign) => [sign, meant])),
);

/** What is not seen, stands on top of another sign, or is seen as nothing. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{M}\u2800]/gu;

/** All that may be taken for a `<`. */
export const OPENERS = `<\uFF1C\uFE64\u226E\u2329${ALIKE['<'] ?? ''}`;

function read(sign: string): string {
  if (/^\s$/u.test(sign)) return ' ';
  const plain = sign.normalize('NFKD').replace(UNSEEN, '').toLowerCase();
  return Array.from(plain, (each) => MEANT.get(each) ?? each).join('');
}

/** Nearly all that is read is ASCII. */
const ASCII = Array.from({ length: 128 }, (_, code) => read(String.fromCharCode(code)));

/** What a sign is taken for, in small letters; blanks are one kind of blank, what is not seen is nothing. */
export const readAs = (sign: string): string => ASCII[sign.charCodeAt(0)] ?? read(sign);
