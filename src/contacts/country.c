/* SPDX-License-Identifier: MIT */
#include "contacts/country.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *code, *alpha3, *french, *english, *japanese, *other;
} countries[] = {
    {"FR", "fra", "france", "french republic", "フランス", "仏国"},
    {"JP", "jpn", "japon", "japan", "日本", "日本国"},
    {"GB", "gbr", "royaume-uni", "united kingdom", "イギリス", "uk"},
    {"GB", "england", "grande-bretagne", "great britain", "英国", "angleterre"},
    {"US", "usa", "etats-unis", "united states", "アメリカ", "etats-unis d'amerique"},
    {"US", "u.s.a.", "etats unis", "united states of america", "米国", "アメリカ合衆国"},
    {"DE", "deu", "allemagne", "germany", "ドイツ", "deutschland"},
    {"BE", "bel", "belgique", "belgium", "ベルギー", NULL},
    {"CH", "che", "suisse", "switzerland", "スイス", NULL},
    {"LU", "lux", "luxembourg", "luxemburg", "ルクセンブルク", NULL},
    {"IT", "ita", "italie", "italy", "イタリア", "italia"},
    {"ES", "esp", "espagne", "spain", "スペイン", "espana"},
    {"PT", "prt", "portugal", "portugal", "ポルトガル", NULL},
    {"NL", "nld", "pays-bas", "netherlands", "オランダ", "the netherlands"},
    {"AT", "aut", "autriche", "austria", "オーストリア", NULL},
    {"IE", "irl", "irlande", "ireland", "アイルランド", NULL},
    {"DK", "dnk", "danemark", "denmark", "デンマーク", NULL},
    {"SE", "swe", "suede", "sweden", "スウェーデン", NULL},
    {"NO", "nor", "norvege", "norway", "ノルウェー", NULL},
    {"FI", "fin", "finlande", "finland", "フィンランド", NULL},
    {"IS", "isl", "islande", "iceland", "アイスランド", NULL},
    {"PL", "pol", "pologne", "poland", "ポーランド", NULL},
    {"CZ", "cze", "republique tcheque", "czech republic", "チェコ", "tchequie"},
    {"SK", "svk", "slovaquie", "slovakia", "スロバキア", NULL},
    {"SI", "svn", "slovenie", "slovenia", "スロベニア", NULL},
    {"HU", "hun", "hongrie", "hungary", "ハンガリー", NULL},
    {"RO", "rou", "roumanie", "romania", "ルーマニア", NULL},
    {"BG", "bgr", "bulgarie", "bulgaria", "ブルガリア", NULL},
    {"GR", "grc", "grece", "greece", "ギリシャ", NULL},
    {"HR", "hrv", "croatie", "croatia", "クロアチア", NULL},
    {"RS", "srb", "serbie", "serbia", "セルビア", NULL},
    {"UA", "ukr", "ukraine", "ukraine", "ウクライナ", NULL},
    {"RU", "rus", "russie", "russia", "ロシア", NULL},
    {"TR", "tur", "turquie", "turkey", "トルコ", "turkiye"},
    {"EE", "est", "estonie", "estonia", "エストニア", NULL},
    {"LV", "lva", "lettonie", "latvia", "ラトビア", NULL},
    {"LT", "ltu", "lituanie", "lithuania", "リトアニア", NULL},
    {"MC", "mco", "monaco", "monaco", "モナコ", NULL},
    {"AD", "and", "andorre", "andorra", "アンドラ", NULL},
    {"MT", "mlt", "malte", "malta", "マルタ", NULL},
    {"CY", "cyp", "chypre", "cyprus", "キプロス", NULL},
    {"CA", "can", "canada", "canada", "カナダ", NULL},
    {"MX", "mex", "mexique", "mexico", "メキシコ", NULL},
    {"BR", "bra", "bresil", "brazil", "ブラジル", NULL},
    {"AR", "arg", "argentine", "argentina", "アルゼンチン", NULL},
    {"CL", "chl", "chili", "chile", "チリ", NULL},
    {"CN", "chn", "chine", "china", "中国", "republique populaire de chine"},
    {"TW", "twn", "taiwan", "taiwan", "台湾", NULL},
    {"HK", "hkg", "hong kong", "hong-kong", "香港", NULL},
    {"KR", "kor", "coree du sud", "south korea", "韓国", "coree"},
    {"KR", "korea", "republique de coree", "republic of korea", "大韓民国", NULL},
    {"VN", "vnm", "vietnam", "viet nam", "ベトナム", "viet-nam"},
    {"TH", "tha", "thailande", "thailand", "タイ", NULL},
    {"SG", "sgp", "singapour", "singapore", "シンガポール", NULL},
    {"MY", "mys", "malaisie", "malaysia", "マレーシア", NULL},
    {"ID", "idn", "indonesie", "indonesia", "インドネシア", NULL},
    {"PH", "phl", "philippines", "philippines", "フィリピン", NULL},
    {"KH", "khm", "cambodge", "cambodia", "カンボジア", NULL},
    {"LA", "lao", "laos", "laos", "ラオス", NULL},
    {"IN", "ind", "inde", "india", "インド", NULL},
    {"AU", "aus", "australie", "australia", "オーストラリア", "豪州"},
    {"NZ", "nzl", "nouvelle-zelande", "new zealand", "ニュージーランド", NULL},
    {"NC", "ncl", "nouvelle-caledonie", "new caledonia", "ニューカレドニア", NULL},
    {"PF", "pyf", "polynesie francaise", "french polynesia", "タヒチ", NULL},
    {"RE", "reu", "la reunion", "reunion", "レユニオン", NULL},
    {"GP", "glp", "guadeloupe", "guadeloupe", "グアドループ", NULL},
    {"MQ", "mtq", "martinique", "martinique", "マルティニーク", NULL},
    {"GF", "guf", "guyane francaise", "french guiana", "フランス領ギアナ", "guyane"},
    {"YT", "myt", "mayotte", "mayotte", "マヨット", NULL},
    {"MA", "mar", "maroc", "morocco", "モロッコ", NULL},
    {"DZ", "dza", "algerie", "algeria", "アルジェリア", NULL},
    {"TN", "tun", "tunisie", "tunisia", "チュニジア", NULL},
    {"SN", "sen", "senegal", "senegal", "セネガル", NULL},
    {"CI", "civ", "cote d'ivoire", "ivory coast", "コートジボワール", "cote d’ivoire"},
    {"ML", "mli", "mali", "mali", "マリ", NULL},
    {"BF", "bfa", "burkina faso", "burkina", "ブルキナファソ", NULL},
    {"BJ", "ben", "benin", "benin", "ベナン", NULL},
    {"TG", "tgo", "togo", "togo", "トーゴ", NULL},
    {"NE", "ner", "niger", "niger", "ニジェール", NULL},
    {"CM", "cmr", "cameroun", "cameroon", "カメルーン", NULL},
    {"MG", "mdg", "madagascar", "madagascar", "マダガスカル", NULL},
    {"ZA", "zaf", "afrique du sud", "south africa", "南アフリカ", NULL},
    {"EG", "egy", "egypte", "egypt", "エジプト", NULL},
    {"LB", "lbn", "liban", "lebanon", "レバノン", NULL},
    {"IL", "isr", "israel", "israel", "イスラエル", NULL},
    {"PS", "pse", "palestine", "palestine", "パレスチナ", NULL},
    {"AE", "are", "emirats arabes unis", "united arab emirates", "アラブ首長国連邦", NULL},
    {"HT", "hti", "haiti", "haiti", "ハイチ", NULL},
    {"MN", "mng", "mongolie", "mongolia", "モンゴル", NULL},
};

static int is_it(const char *name, const char *folded)
{
    return name && strcmp(name, folded) == 0;
}

const char *country_find(const char *folded)
{
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++) {
        const char *code = countries[i].code;
        char lower[3] = {(char)(code[0] + 32), (char)(code[1] + 32), '\0'};
        if (is_it(lower, folded) || is_it(countries[i].alpha3, folded) ||
            is_it(countries[i].french, folded) || is_it(countries[i].english, folded) ||
            is_it(countries[i].japanese, folded) || is_it(countries[i].other, folded))
            return code;
    }
    return NULL;
}
