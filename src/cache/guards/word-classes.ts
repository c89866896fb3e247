/** A class of words. */
interface WordClass {
  /** Whether one member is a narrower question than none: "open on monday". */
  isNarrowing: boolean;
  members: string;
}

/** Classes of words of which another one is always another thing; what stands between strokes is one. */
export const WORD_CLASSES: readonly WordClass[] = [
  {
    isNarrowing: true,
    members:
      'monday/mon tuesday/tue wednesday/wed thursday/thu friday/fri saturday/sat sunday/sun weekend weekday',
  },
  {
    isNarrowing: true,
    members:
      'january february march april may june july august september october november december',
  },
  { isNarrowing: false, members: 'morning noon afternoon evening night midnight' },
  { isNarrowing: true, members: 'spring summer autumn/fall winter christmas easter' },
  {
    isNarrowing: true,
    members:
      'dollar/buck/usd euro/eur pound/sterling/gbp/quid yen/jpy yuan/renminbi/cny rupee/inr rupiah ringgit baht/thb dong franc/chf krona/sek krone/kroner/nok koruna zloty/pln forint leu lev kuna peso/mxn real/brl ruble/rub/rouble lira/try won/krw rand/zar dirham/aed riyal dinar shekel/ils naira/ngn shilling cent/penny/pence sar sgd hkd ron bgn php idr myr vnd kes egp usdt usdc dogecoin litecoin solana cardano dkk aud cad nzd czk huf bitcoin/btc ether/ethereum/eth crypto',
  },
  {
    isNarrowing: false,
    members:
      'acre hectare tablespoon/tbsp teaspoon/tsp cup nanosecond millisecond fortnight century quarter knot mph kmh degree percent calorie kilojoule joule pascal psi bar amp ampere ohm hertz mhz ghz pixel meter/metre kilometer/kilometre/km mile yard foot inch centimeter/cm millimeter/mm gram kilogram/kg/kilo pound/lb ounce/oz ton liter/litre gallon pint celsius fahrenheit kelvin second minute hour day week month year decade byte kilobyte/kb megabyte/mb gigabyte/gb terabyte/tb watt kilowatt volt ml',
  },
  {
    isNarrowing: true,
    members:
      'english german french spanish italian portuguese dutch swedish norwegian danish finnish polish czech russian ukrainian turkish arabic hebrew hindi urdu chinese/mandarin japanese korean thai vietnamese greek latin hungarian romanian welsh irish/gaelic scottish catalan basque icelandic estonian latvian lithuanian croatian serbian bosnian slovak slovenian bulgarian albanian macedonian georgian armenian persian/farsi pashto kurdish bengali punjabi tamil telugu marathi gujarati kannada malayalam sinhala nepali burmese khmer lao indonesian malay tagalog/filipino swahili zulu xhosa afrikaans amharic somali hausa yoruba igbo cantonese mongolian kazakh uzbek yiddish esperanto american british canadian australian mexican brazilian argentinian chilean indian austrian belgian swiss egyptian moroccan nigerian kenyan european asian african israeli iranian iraqi saudi',
  },
  {
    isNarrowing: true,
    members:
      'germany france spain italy portugal netherlands belgium luxembourg austria switzerland sweden norway denmark finland poland czechia hungary romania bulgaria greece turkey russia ukraine ireland iceland uk/britain england scotland wales usa/america canada mexico brazil argentina chile peru colombia china japan korea india pakistan bangladesh thailand vietnam singapore malaysia indonesia philippines australia zealand africa egypt morocco nigeria kenya ethiopia israel iran iraq dubai emirates qatar saudi europe asia eu afghanistan albania algeria andorra angola armenia azerbaijan bahamas bahrain barbados belarus belize benin bhutan bolivia bosnia botswana brunei burkina burundi cambodia cameroon chad congo croatia cuba cyprus ecuador salvador eritrea estonia eswatini fiji gabon gambia georgia ghana greenland grenada guatemala guinea guyana haiti honduras jamaica jordan kazakhstan kosovo kuwait kyrgyzstan laos latvia lebanon lesotho liberia libya liechtenstein lithuania macedonia madagascar malawi maldives mali malta mauritania mauritius moldova monaco mongolia montenegro mozambique myanmar namibia nepal nicaragua niger oman palestine panama paraguay rwanda samoa senegal serbia slovakia slovenia somalia sudan suriname syria taiwan tajikistan tanzania togo tonga tunisia turkmenistan uganda uruguay uzbekistan venezuela yemen zambia zimbabwe antarctica caribbean balkans scandinavia lanka rica rico kong',
  },
  {
    isNarrowing: true,
    members:
      'london paris berlin madrid rome vienna amsterdam brussels lisbon dublin munich hamburg frankfurt cologne zurich geneva milan barcelona prague warsaw budapest athens istanbul moscow kyiv stockholm oslo copenhagen helsinki york boston chicago seattle dallas houston austin denver miami atlanta vegas angeles francisco toronto montreal vancouver sydney melbourne tokyo kyoto osaka seoul beijing shanghai delhi mumbai bangkok manila jakarta cairo lagos nairobi porto seville valencia naples florence venice turin lyon nice marseille bordeaux toulouse leeds glasgow edinburgh manchester birmingham liverpool bristol sheffield cardiff belfast cork oxford cambridge basel bern krakow gdansk zagreb belgrade sofia bucharest tallinn riga vilnius antwerp ghent rotterdam hague stuttgart leipzig dresden dusseldorf bergen gothenburg malmo perth brisbane adelaide auckland wellington phoenix portland detroit philadelphia pittsburgh orlando tampa nashville memphis charlotte baltimore cleveland diego antonio jose calgary ottawa dubai doha riyadh jerusalem tehran baghdad karachi lahore dhaka bangalore chennai kolkata hyderabad pune hanoi saigon taipei shenzhen guangzhou nagoya lima bogota santiago havana accra kampala johannesburg pretoria casablanca tunis',
  },
  {
    isNarrowing: true,
    members:
      'xs small tiny mini medium large/big xl xxl xxxl huge/giant/jumbo regular little compact',
  },
  {
    isNarrowing: false,
    members:
      'red crimson scarlet blue navy green yellow orange purple pink black white gray brown beige silver gold turquoise teal maroon magenta cyan indigo violet lilac mauve khaki olive cream ivory burgundy lavender amber',
  },
  {
    isNarrowing: true,
    members:
      'visa mastercard amex/american discover maestro paypal klarna stripe apple google samsung alipay wechat venmo zelle cash cheque/check sepa ideal giropay sofort bancontact wire/swift diners jcb unionpay rupay upi interac revolut wise transferwise monzo n26 starling skrill neteller payoneer affirm afterpay paysafecard trustly swish mbway multibanco boleto pix payu razorpay adyen square cashapp bacs faster ach invoice installment',
  },
  { isNarrowing: false, members: 'credit debit prepaid gift loyalty virtual physical business' },
  {
    isNarrowing: false,
    members: 'basic/starter free standard plus pro premium team business enterprise',
  },
  {
    isNarrowing: true,
    members: 'windows mac/macos linux ubuntu debian android ios/iphone ipad chromebook',
  },
  { isNarrowing: true, members: 'chrome firefox safari edge opera' },
  {
    isNarrowing: true,
    members:
      'facebook instagram twitter tiktok linkedin youtube whatsapp telegram slack teams zoom discord gmail outlook',
  },
  { isNarrowing: true, members: 'dhl ups fedex usps hermes dpd gls' },
  {
    isNarrowing: true,
    members:
      'python javascript typescript java ruby rust php swift kotlin perl scala go/golang haskell elixir erlang clojure lua julia fortran cobol matlab bash c c++ c# f#',
  },
  {
    isNarrowing: true,
    members:
      'postgres/postgresql mysql mariadb sqlite oracle redis mongodb cassandra dynamodb elasticsearch snowflake bigquery',
  },
  {
    isNarrowing: true,
    members: 'react angular vue svelte ember jquery nextjs django flask rails laravel spring',
  },
  { isNarrowing: true, members: 'aws azure gcp heroku vercel netlify cloudflare digitalocean' },
  {
    isNarrowing: false,
    members:
      'word/docx excel powerpoint photoshop illustrator figma sketch pdf csv json xml yaml html png jpg/jpeg gif svg mp3 mp4',
  },
  { isNarrowing: false, members: 'north south east west' },
  { isNarrowing: false, members: 'first second third fourth fifth last' },
  { isNarrowing: false, members: 'breakfast lunch dinner brunch' },
  {
    isNarrowing: false,
    members:
      'car train bus/coach plane/flight ferry/boat/ship bike/bicycle motorcycle scooter taxi tram subway/metro van truck/lorry',
  },
  {
    isNarrowing: false,
    members: 'shoe shirt dress jacket coat trousers jeans hat sock glove bag belt scarf',
  },
  {
    isNarrowing: false,
    members:
      'dog/puppy cat/kitten horse/pony bird parrot fish rabbit hamster goat sheep cow pig chicken duck goose turkey ferret turtle/tortoise snake lizard mouse rat bee lion tiger bear wolf fox deer elephant monkey',
  },
  {
    isNarrowing: false,
    members:
      'chicken beef pork lamb ham bacon tofu salmon tuna shrimp rice pasta noodle potato lentil bean mushroom onion garlic tomato carrot cheese egg bread butter milk cream yogurt sugar salt pepper honey flour oat wheat gluten nut peanut almond soy lactose alcohol beer wine whisky coffee tea water juice apple banana orange lemon grape',
  },
  {
    isNarrowing: false,
    members: 'mortgage house flat/condo/apartment villa studio room garage office',
  },
  {
    isNarrowing: false,
    members:
      'parent child/kid/minor adult manager employee employer customer/client/buyer student teacher nurse doctor dentist lawyer driver pilot tenant landlord seller/merchant/vendor lender borrower admin/administrator owner guest host member moderator editor viewer freelancer/contractor volunteer veteran pensioner tourist resident citizen supplier courier',
  },
  {
    isNarrowing: false,
    members: 'hourly daily weekly fortnightly/biweekly monthly quarterly yearly/annual/annually',
  },
  { isNarrowing: false, members: 'once twice thrice' },
  { isNarrowing: false, members: 'table chair desk sofa bed lamp mattress shelf wardrobe' },
  {
    isNarrowing: false,
    members:
      'book magazine newspaper furniture clothes/clothing food toy jewelry electronics cosmetic medicine',
  },
  { isNarrowing: false, members: 'see/view edit delete create share comment download print copy' },
  {
    isNarrowing: false,
    members:
      'laptop phone tablet computer desktop watch tv/television printer monitor keyboard camera headphone speaker router',
  },
  {
    isNarrowing: false,
    members: 'adult child/minor/kid senior student teen/teenager toddler/infant/baby',
  },
  {
    isNarrowing: false,
    members:
      'anna anne ann amy alice alex adam andrew andy ben bill bob brian carol carlos charles charlie chris christian claire clara dan daniel david dean diana don drew elena ella emily emma eric eva faith frank fred gene george grace grant hank harry helen henry hope hugh ivan jack jackson jake james jane jason jean jeff jen jenny jerry jessica jim jimmy joan joe john johnson jon jones joseph josh joy juan julia julie karen kate katie kelly ken kevin kim kyle larry laura lee leo lewis lily linda lisa louis lucy luke maria mark martin mary matt matthew max mia michael miguel mike miller mohammed muhammad nancy neil nick nina noah norman oliver olivia oscar pat patrick paul pete peter phil rachel ralph ray rebecca richard rick rob robert robin roger ron rosa rose roy ruth ryan sally sam samuel sandra sara sarah scott sean sergey simon smith sophia sophie stephen steve steven sue susan ted thomas tim tina todd tom tony victor victoria walter wei wendy will william yuki',
  },
  {
    isNarrowing: false,
    members:
      'mother father brother sister son daughter husband wife uncle aunt cousin grandmother grandfather parent friend girlfriend boyfriend spouse niece nephew',
  },
  {
    isNarrowing: false,
    members: 'username password email phone address name pin birthday photo/avatar',
  },
  { isNarrowing: false, members: 'checking savings joint personal business' },
];
