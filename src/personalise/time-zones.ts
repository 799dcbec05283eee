/**
 * Which Windows time zone an IANA one is. Source: windowsZones.xml and bcp47/timezone.xml of Unicode CLDR 41 (facts
 * in our own form), and what governments changed since: Mexico 2022, East Greenland and Kazakhstan 2024, Aysén 2025.
 * A line is the zone of Windows (`~` stands for "Standard Time") and its IANA names, old ones included.
 */
const TABLE = `
Dateline~: Etc/GMT+12
UTC-11: Etc/GMT+11 Pacific/Midway Pacific/Niue Pacific/Pago_Pago Pacific/Samoa US/Samoa
Aleutian~: America/Adak America/Atka US/Aleutian
Hawaiian~: Pacific/Honolulu Etc/GMT+10 HST Pacific/Johnston Pacific/Rarotonga Pacific/Tahiti US/Hawaii
Marquesas~: Pacific/Marquesas
Alaskan~: America/Anchorage America/Juneau America/Metlakatla America/Nome America/Sitka America/Yakutat
  US/Alaska
UTC-09: Etc/GMT+9 Pacific/Gambier
Pacific Standard Time (Mexico): America/Tijuana America/Ensenada America/Santa_Isabel Mexico/BajaNorte
UTC-08: Etc/GMT+8 Pacific/Pitcairn
Pacific~: America/Los_Angeles America/Vancouver Canada/Pacific PST8PDT US/Pacific US/Pacific-New
US Mountain~: America/Phoenix America/Creston America/Dawson_Creek America/Fort_Nelson America/Hermosillo
  Etc/GMT+7 MST US/Arizona
Mountain Standard Time (Mexico): America/Mazatlan Mexico/BajaSur
Mountain~: America/Denver America/Boise America/Cambridge_Bay America/Ciudad_Juarez America/Edmonton
  America/Inuvik America/Shiprock America/Yellowknife Canada/Mountain MST7MDT Navajo US/Mountain
Yukon~: America/Whitehorse America/Dawson Canada/Yukon
Central America~: America/Guatemala America/Belize America/Costa_Rica America/El_Salvador America/Managua
  America/Tegucigalpa Etc/GMT+6 Pacific/Galapagos
Central~: America/Chicago America/Indiana/Knox America/Indiana/Tell_City America/Knox_IN America/Matamoros
  America/Menominee America/North_Dakota/Beulah America/North_Dakota/Center America/North_Dakota/New_Salem
  America/Ojinaga America/Rainy_River America/Rankin_Inlet America/Resolute America/Winnipeg CST6CDT
  Canada/Central US/Central US/Indiana-Starke
Easter Island~: Pacific/Easter Chile/EasterIsland
Central Standard Time (Mexico): America/Mexico_City America/Bahia_Banderas America/Chihuahua
  America/Merida America/Monterrey Mexico/General
Canada Central~: America/Regina America/Swift_Current Canada/East-Saskatchewan Canada/Saskatchewan
SA Pacific~: America/Bogota America/Atikokan America/Cayman America/Coral_Harbour America/Eirunepe
  America/Guayaquil America/Jamaica America/Lima America/Panama America/Porto_Acre America/Rio_Branco
  Brazil/Acre EST Etc/GMT+5 Jamaica
Eastern Standard Time (Mexico): America/Cancun
Eastern~: America/New_York America/Detroit America/Indiana/Petersburg America/Indiana/Vincennes
  America/Indiana/Winamac America/Iqaluit America/Kentucky/Louisville America/Kentucky/Monticello
  America/Louisville America/Montreal America/Nassau America/Nipigon America/Pangnirtung
  America/Thunder_Bay America/Toronto Canada/Eastern EST5EDT US/Eastern US/Michigan
Haiti~: America/Port-au-Prince
Cuba~: America/Havana Cuba
US Eastern~: America/Indianapolis America/Fort_Wayne America/Indiana/Indianapolis America/Indiana/Marengo
  America/Indiana/Vevay US/East-Indiana
Turks And Caicos~: America/Grand_Turk
Paraguay~: America/Asuncion
Atlantic~: America/Halifax America/Glace_Bay America/Goose_Bay America/Moncton America/Thule
  Atlantic/Bermuda Canada/Atlantic
Venezuela~: America/Caracas
Central Brazilian~: America/Cuiaba America/Campo_Grande
SA Western~: America/La_Paz America/Anguilla America/Antigua America/Aruba America/Barbados
  America/Blanc-Sablon America/Boa_Vista America/Curacao America/Dominica America/Grenada
  America/Guadeloupe America/Guyana America/Kralendijk America/Lower_Princes America/Manaus
  America/Marigot America/Martinique America/Montserrat America/Port_of_Spain America/Porto_Velho
  America/Puerto_Rico America/Santo_Domingo America/St_Barthelemy America/St_Kitts America/St_Lucia
  America/St_Thomas America/St_Vincent America/Tortola America/Virgin Brazil/West Etc/GMT+4
Pacific SA~: America/Santiago Chile/Continental
Newfoundland~: America/St_Johns Canada/Newfoundland
Tocantins~: America/Araguaina
E. South America~: America/Sao_Paulo Brazil/East
SA Eastern~: America/Cayenne America/Belem America/Fortaleza America/Maceio America/Paramaribo
  America/Recife America/Santarem Antarctica/Palmer Antarctica/Rothera Atlantic/Stanley Etc/GMT+3
Argentina~: America/Buenos_Aires America/Argentina/Buenos_Aires America/Argentina/Catamarca
  America/Argentina/ComodRivadavia America/Argentina/Cordoba America/Argentina/Jujuy
  America/Argentina/La_Rioja America/Argentina/Mendoza America/Argentina/Rio_Gallegos
  America/Argentina/Salta America/Argentina/San_Juan America/Argentina/San_Luis America/Argentina/Tucuman
  America/Argentina/Ushuaia America/Catamarca America/Cordoba America/Jujuy America/Mendoza
  America/Rosario
Greenland~: America/Godthab America/Nuuk America/Scoresbysund
Montevideo~: America/Montevideo
Magallanes~: America/Punta_Arenas America/Coyhaique
Saint Pierre~: America/Miquelon
Bahia~: America/Bahia
UTC-02: Etc/GMT+2 America/Noronha Atlantic/South_Georgia Brazil/DeNoronha
Azores~: Atlantic/Azores
Cape Verde~: Atlantic/Cape_Verde Etc/GMT+1
UTC: Etc/UTC Etc/GMT Etc/GMT+0 Etc/GMT-0 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/Universal Etc/Zulu GMT GMT+0
  GMT-0 GMT0 Greenwich UCT UTC Universal Zulu
GMT~: Europe/London Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe Atlantic/Madeira Eire Europe/Belfast
  Europe/Dublin Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/Lisbon GB GB-Eire Portugal WET
Greenwich~: Atlantic/Reykjavik Africa/Abidjan Africa/Accra Africa/Bamako Africa/Banjul Africa/Bissau
  Africa/Conakry Africa/Dakar Africa/Freetown Africa/Lome Africa/Monrovia Africa/Nouakchott
  Africa/Ouagadougou Africa/Timbuktu America/Danmarkshavn Atlantic/St_Helena Iceland
Sao Tome~: Africa/Sao_Tome
Morocco~: Africa/Casablanca Africa/El_Aaiun
W. Europe~: Europe/Berlin Arctic/Longyearbyen Atlantic/Jan_Mayen Europe/Amsterdam Europe/Andorra
  Europe/Busingen Europe/Gibraltar Europe/Luxembourg Europe/Malta Europe/Monaco Europe/Oslo Europe/Rome
  Europe/San_Marino Europe/Stockholm Europe/Vaduz Europe/Vatican Europe/Vienna Europe/Zurich
Central Europe~: Europe/Budapest Europe/Belgrade Europe/Bratislava Europe/Ljubljana Europe/Podgorica
  Europe/Prague Europe/Tirane
Romance~: Europe/Paris Africa/Ceuta CET Europe/Brussels Europe/Copenhagen Europe/Madrid MET
Central European~: Europe/Warsaw Europe/Sarajevo Europe/Skopje Europe/Zagreb Poland
W. Central Africa~: Africa/Lagos Africa/Algiers Africa/Bangui Africa/Brazzaville Africa/Douala
  Africa/Kinshasa Africa/Libreville Africa/Luanda Africa/Malabo Africa/Ndjamena Africa/Niamey
  Africa/Porto-Novo Africa/Tunis Etc/GMT-1
Jordan~: Asia/Amman
GTB~: Europe/Bucharest Asia/Famagusta Asia/Nicosia EET Europe/Athens Europe/Nicosia
Middle East~: Asia/Beirut
Egypt~: Africa/Cairo Egypt
E. Europe~: Europe/Chisinau Europe/Tiraspol
Syria~: Asia/Damascus
West Bank~: Asia/Hebron Asia/Gaza
South Africa~: Africa/Johannesburg Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare
  Africa/Kigali Africa/Lubumbashi Africa/Lusaka Africa/Maputo Africa/Maseru Africa/Mbabane Etc/GMT-2
FLE~: Europe/Kiev Europe/Helsinki Europe/Kyiv Europe/Mariehamn Europe/Riga Europe/Sofia Europe/Tallinn
  Europe/Uzhgorod Europe/Vilnius Europe/Zaporozhye
Israel~: Asia/Jerusalem Asia/Tel_Aviv Israel
South Sudan~: Africa/Juba
Kaliningrad~: Europe/Kaliningrad
Sudan~: Africa/Khartoum
Libya~: Africa/Tripoli Libya
Namibia~: Africa/Windhoek
Arabic~: Asia/Baghdad
Turkey~: Europe/Istanbul Asia/Istanbul Turkey
Arab~: Asia/Riyadh Asia/Aden Asia/Bahrain Asia/Kuwait Asia/Qatar
Belarus~: Europe/Minsk
Russian~: Europe/Moscow Europe/Kirov Europe/Simferopol W-SU
E. Africa~: Africa/Nairobi Africa/Addis_Ababa Africa/Asmara Africa/Asmera Africa/Dar_es_Salaam
  Africa/Djibouti Africa/Kampala Africa/Mogadishu Antarctica/Syowa Etc/GMT-3 Indian/Antananarivo
  Indian/Comoro Indian/Mayotte
Iran~: Asia/Tehran Iran
Arabian~: Asia/Dubai Asia/Muscat Etc/GMT-4
Astrakhan~: Europe/Astrakhan Europe/Ulyanovsk
Azerbaijan~: Asia/Baku
Russia Time Zone 3: Europe/Samara
Mauritius~: Indian/Mauritius Indian/Mahe Indian/Reunion
Saratov~: Europe/Saratov
Georgian~: Asia/Tbilisi
Volgograd~: Europe/Volgograd
Caucasus~: Asia/Yerevan
Afghanistan~: Asia/Kabul
West Asia~: Asia/Tashkent Antarctica/Mawson Asia/Almaty Asia/Aqtau Asia/Aqtobe Asia/Ashgabat
  Asia/Ashkhabad Asia/Atyrau Asia/Dushanbe Asia/Oral Asia/Qostanay Asia/Samarkand Etc/GMT-5
  Indian/Kerguelen Indian/Maldives
Ekaterinburg~: Asia/Yekaterinburg
Pakistan~: Asia/Karachi
Qyzylorda~: Asia/Qyzylorda
India~: Asia/Calcutta Asia/Kolkata
Sri Lanka~: Asia/Colombo
Nepal~: Asia/Katmandu Asia/Kathmandu
Central Asia~: Antarctica/Vostok Asia/Bishkek Asia/Kashgar Asia/Urumqi Etc/GMT-6 Indian/Chagos
Bangladesh~: Asia/Dhaka Asia/Dacca Asia/Thimbu Asia/Thimphu
Omsk~: Asia/Omsk
Myanmar~: Asia/Rangoon Asia/Yangon Indian/Cocos
SE Asia~: Asia/Bangkok Antarctica/Davis Asia/Ho_Chi_Minh Asia/Jakarta Asia/Phnom_Penh Asia/Pontianak
  Asia/Saigon Asia/Vientiane Etc/GMT-7 Indian/Christmas
Altai~: Asia/Barnaul
W. Mongolia~: Asia/Hovd
North Asia~: Asia/Krasnoyarsk Asia/Novokuznetsk
N. Central Asia~: Asia/Novosibirsk
Tomsk~: Asia/Tomsk
China~: Asia/Shanghai Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Hong_Kong Asia/Macao Asia/Macau
  Hongkong PRC
North Asia East~: Asia/Irkutsk
Singapore~: Asia/Singapore Asia/Brunei Asia/Kuala_Lumpur Asia/Kuching Asia/Makassar Asia/Manila
  Asia/Ujung_Pandang Etc/GMT-8 Singapore
W. Australia~: Australia/Perth Australia/West
Taipei~: Asia/Taipei ROC
Ulaanbaatar~: Asia/Ulaanbaatar Asia/Choibalsan Asia/Ulan_Bator
Aus Central W.~: Australia/Eucla
Transbaikal~: Asia/Chita
Tokyo~: Asia/Tokyo Asia/Dili Asia/Jayapura Etc/GMT-9 Japan Pacific/Palau
North Korea~: Asia/Pyongyang
Korea~: Asia/Seoul ROK
Yakutsk~: Asia/Yakutsk Asia/Khandyga
Cen. Australia~: Australia/Adelaide Australia/Broken_Hill Australia/South Australia/Yancowinna
AUS Central~: Australia/Darwin Australia/North
E. Australia~: Australia/Brisbane Australia/Lindeman Australia/Queensland
AUS Eastern~: Australia/Sydney Australia/ACT Australia/Canberra Australia/Melbourne Australia/NSW
  Australia/Victoria
West Pacific~: Pacific/Port_Moresby Antarctica/DumontDUrville Etc/GMT-10 Pacific/Chuuk Pacific/Guam
  Pacific/Saipan Pacific/Truk Pacific/Yap
Tasmania~: Australia/Hobart Antarctica/Macquarie Australia/Currie Australia/Tasmania
Vladivostok~: Asia/Vladivostok Asia/Ust-Nera
Lord Howe~: Australia/Lord_Howe Australia/LHI
Bougainville~: Pacific/Bougainville
Russia Time Zone 10: Asia/Srednekolymsk
Magadan~: Asia/Magadan
Norfolk~: Pacific/Norfolk
Sakhalin~: Asia/Sakhalin
Central Pacific~: Pacific/Guadalcanal Antarctica/Casey Etc/GMT-11 Pacific/Efate Pacific/Kosrae
  Pacific/Noumea Pacific/Pohnpei Pacific/Ponape
Russia Time Zone 11: Asia/Kamchatka Asia/Anadyr
New Zealand~: Pacific/Auckland Antarctica/McMurdo Antarctica/South_Pole NZ
UTC+12: Etc/GMT-12 Kwajalein Pacific/Funafuti Pacific/Kwajalein Pacific/Majuro Pacific/Nauru
  Pacific/Tarawa Pacific/Wake Pacific/Wallis
Fiji~: Pacific/Fiji
Chatham Islands~: Pacific/Chatham NZ-CHAT
UTC+13: Etc/GMT-13 Pacific/Enderbury Pacific/Fakaofo Pacific/Kanton
Tonga~: Pacific/Tongatapu
Samoa~: Pacific/Apia
Line Islands~: Pacific/Kiritimati Etc/GMT-14`;

/**
 * Zones that Windows got after version 7 came out: 7 and 8 know them by their updates only, the first releases of 10
 * not all. Source: Microsoft's "Daylight Saving Time & Time Zone" announcements, 2010 to 2021.
 */
const RECENT: ReadonlySet<string> = new Set(
  (
    'Aleutian,Altai,Astrakhan,Aus Central W.,Bahia,Belarus,Bougainville,Chatham Islands,Cuba,Easter Island,' +
    'Eastern Standard Time (Mexico),Haiti,Kaliningrad,Libya,Line Islands,Lord Howe,Magadan,Magallanes,Marquesas,' +
    'Norfolk,North Korea,Omsk,Qyzylorda,Russia Time Zone 10,Russia Time Zone 11,Russia Time Zone 3,Saint Pierre,' +
    'Sakhalin,Sao Tome,Saratov,South Sudan,Sudan,Syria,Tocantins,Tomsk,Transbaikal,Turkey,Turks And Caicos,UTC+13,' +
    'UTC-08,UTC-09,Volgograd,W. Mongolia,West Bank,Yukon'
  ).split(','),
);

const byIana: ReadonlyMap<string, string> = new Map(
  TABLE.trim()
    .replaceAll(/\n {2}/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const [name = '', zones = ''] = line.split(': ');
      const windowsName = name.replace('~', ' Standard Time');
      return zones.split(' ').map((iana): [string, string] => [iana.toLowerCase(), windowsName]);
    }),
);

/** The name Windows has for an IANA time zone (`Europe/Berlin`: `W. Europe Standard Time`), or null. */
export function windowsTimeZone(iana: string): string | null {
  return byIana.get(iana.toLowerCase()) ?? null;
}

/** Every zone of Windows. */
export function windowsTimeZones(): string[] {
  return [...new Set(byIana.values())];
}

/** Whether an image of Windows 7 or 8 knows this zone by its updates only. */
export function isRecentTimeZone(windowsName: string): boolean {
  return RECENT.has(windowsName.replace(/ Standard Time$/, ''));
}
