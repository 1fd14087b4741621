/* SPDX-License-Identifier: MIT */
/* What the ledger holds in English is read in the organisation's language. */
#include "check.h"
#include "plan/reason_words.h"

#include "base/text.h"

static size_t count_values(const char *sentence)
{
    size_t count = 0;
    for (struct text rest = text_of(sentence); rest.size;) {
        size_t at = text_find(rest, TEXT("%s"));
        count += at < rest.size;
        rest = at < rest.size ? text_from(rest, at + 2) : (struct text){"", 0};
    }
    return count;
}

/* Every sentence stands in three languages with as many values, and is read back as itself. */
TEST(every_sentence_is_read_back)
{
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena != NULL);
    for (int i = 0; i < REASON_COUNT; i++) {
        static const char *const values[] = {"Réunion", "12", "20", "place", NULL};
        static const char *const places[] = {"place", NULL};
        const char *english = reason_sentence((enum reason)i, LANGUAGE_EN);
        CHECK_ROW(english);
        size_t count = count_values(english);
        const char *const *used = i == REASON_NEWS_CHANGED ? places : values;
        const char *cut[5] = {NULL};
        for (size_t k = 0; k < count; k++)
            cut[k] = used[k];
        const char *said = reason_say(arena, (enum reason)i, cut);
        CHECK_STRING(reason_in(arena, said, LANGUAGE_EN), said);
        for (int language = 0; language < LANGUAGE_EN; language++) {
            const char *sentence = reason_sentence((enum reason)i, (enum language)language);
            CHECK_INT(count_values(sentence), count);
            const char *place = language == LANGUAGE_FR ? "lieu" : "会場";
            const char *translated[5] = {i == REASON_NEWS_CHANGED ? place : cut[0], cut[1], cut[2],
                                         cut[3], NULL};
            CHECK_STRING(reason_in(arena, said, (enum language)language),
                         reason_fill(arena, sentence, translated));
        }
    }
    arena_free(arena);
}

TEST(as_people_read_them)
{
    static const struct {
        const char *english;
        enum language language;
        const char *want;
    } rows[] = {
        {"“A: B, waits until C”: edited lately, waits until 2026-09-22 10:20", LANGUAGE_FR,
         "« A: B, waits until C » : modifié il y a peu, attend jusqu’au 2026-09-22 10:20"},
        {"changed since the contact was told: date or time, place", LANGUAGE_JA,
         "前回の案内からの変更：日時、会場"},
        {"21 of 100 contacts would be written to at once, more than the 20 % of limits.hold_share",
         LANGUAGE_FR,
         "21 contacts sur 100 recevraient un message d’un coup, plus que les 20 % de "
         "limits.hold_share"},
        {"/srv/c.csv: the list shrank from 90 rows to 3 at once, more than the 20 % of "
         "limits.hold_share",
         LANGUAGE_JA,
         "/srv/c.csv：名簿が 90 行から 3 行に一度に減りました"
         "（limits.hold_share の上限は 20 %）"},
        {"the step reminder-7d of the rule a; the first word to somebody is an invitation",
         LANGUAGE_FR,
         "l’étape reminder-7d de la règle a ; le premier message à quelqu’un est une invitation"},
        {"1 message would leave, and limits.hold_above is 0", LANGUAGE_FR,
         "1 message partirait, et limits.hold_above est à 0"},
        {"the relay cannot be used (connect: 421 4.3.2: later); next try in 10 min", LANGUAGE_JA,
         "中継サーバーを使用できません（connect: 421 4.3.2: later）。10 分後に再び試します"},
        {"paused: by hand", LANGUAGE_FR, "envois suspendus : à la main"},
        {"paused: until the first look", LANGUAGE_JA, "送信停止中：until the first look"},
        /* Others' words stay theirs. */
        {"2.0.0 taken", LANGUAGE_FR, "2.0.0 taken"},
        {"changed since the contact was told: colour", LANGUAGE_FR,
         "changed since the contact was told: colour"},
        {"approved by nobody", LANGUAGE_JA, "approved by nobody"},
        {"“”: edited lately, waits until", LANGUAGE_JA, "“”: edited lately, waits until"},
        {"", LANGUAGE_FR, ""},
        {NULL, LANGUAGE_FR, NULL},
    };
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena != NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].english ? rows[i].english : "NULL");
        CHECK_STRING(reason_in(arena, rows[i].english, rows[i].language), rows[i].want);
    }
    arena_free(arena);
}

CHECK_MAIN
