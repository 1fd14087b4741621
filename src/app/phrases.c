/* SPDX-License-Identifier: MIT */
#include "app/phrases.h"

/* Columns: fr, ja, en, as enum language. Counted ones: of one, then of several. */
static const char *const phrases[PHRASE_COUNT][2][LANGUAGE_COUNT] = {
    [PHRASE_NOTHING_DUE] = {{"Rien n’est prévu dans cet intervalle.",
                             "この期間に送信予定はありません。", "Nothing is due in this span."}},
    [PHRASE_NOBODY] = {{"Personne n’est concerné : voir `convier why`.",
                        "該当する連絡先はありません。`convier why` をご覧ください。",
                        "Nobody is concerned: see `convier why`."}},
    [PHRASE_NO_HOLD] = {{"Rien n’attend votre accord.", "承認待ちはありません。",
                         "Nothing waits for a word."}},
    [PHRASE_ADVICE] = {{"Oui : `convier approve %s` ; non : `convier discard %s`.",
                        "承認：`convier approve %s`、破棄：`convier discard %s`",
                        "Yes: `convier approve %s`; no: `convier discard %s`."}},
    [PHRASE_APPROVED] = {{"%s message approuvé.", "%s 通を承認しました。", "%s message approved."},
                         {"%s messages approuvés.", "%s 通を承認しました。",
                          "%s messages approved."}},
    [PHRASE_DISCARDED] = {{"%s message écarté.", "%s 通を破棄しました。", "%s message discarded."},
                          {"%s messages écartés.", "%s 通を破棄しました。",
                           "%s messages discarded."}},
    [PHRASE_HOLD_APPROVED] = {{"Lot %s approuvé.", "保留 %s を承認しました。",
                               "Hold %s approved."}},
    [PHRASE_HOLD_DISCARDED] = {{"Lot %s écarté.", "保留 %s を破棄しました。",
                                "Hold %s discarded."}},
    [PHRASE_PAUSED] = {{"Les envois sont suspendus ; la planification continue. `convier resume` y "
                        "met fin.",
                        "送信を停止しました。計画は続きます。`convier resume` で再開します。",
                        "Sending is paused; planning goes on. `convier resume` ends it."}},
    [PHRASE_RESUMED] = {{"Les envois reprennent.", "送信を再開します。", "Sending goes on."}},
    [PHRASE_RETRIED] = {{"%s message est remis à envoyer.", "%s 通を再び送信待ちにしました。",
                         "%s notice is owed again."},
                        {"%s messages sont remis à envoyer.", "%s 通を再び送信待ちにしました。",
                         "%s notices are owed again."}},
    [PHRASE_USELESS] = {{"%s message a perdu son utilité.", "%s 通は時期を過ぎています。",
                         "%s notice has lost its use."},
                        {"%s messages ont perdu leur utilité.", "%s 通は時期を過ぎています。",
                         "%s notices have lost their use."}},
    [PHRASE_NOT_YET] = {{"Pas encore : %s", "送信待ち：%s", "Not yet: %s"}},
    [PHRASE_MORE_WAIT] = {{"Et %s événement de plus, jusqu’au %s", "ほか %s 件、%s まで",
                           "And %s event more, until %s"},
                          {"Et %s événements de plus, le dernier jusqu’au %s",
                           "ほか %s 件、最後は %s まで", "And %s events more, the last until %s"}},
    [PHRASE_WOULD_HOLD] = {{"%s message serait retenu : %s", "%s 通が保留されます：%s",
                            "%s message would be held: %s"},
                           {"%s messages seraient retenus : %s", "%s 通が保留されます：%s",
                            "%s messages would be held: %s"}},
    [PHRASE_MORE] = {{"… et %s autre", "… ほか %s 通", "… and %s more"},
                     {"… et %s autres", "… ほか %s 通", "… and %s more"}},
};

const char *phrase(enum phrase phrase, enum language language)
{
    return phrases[phrase][0][language];
}

/* French counts nought with one, English does not. */
const char *phrase_counted(enum phrase phrase, size_t count, enum language language)
{
    bool is_one = count == 1 || (count == 0 && language == LANGUAGE_FR);
    return phrases[phrase][!is_one][language];
}
