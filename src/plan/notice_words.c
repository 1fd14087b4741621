/* SPDX-License-Identifier: MIT */
#include "plan/notice_words.h"

/* fr, ja */
static const char *const kinds[NOTICE_KIND_COUNT][LANGUAGE_EN] = {
    [NOTICE_SAVE_THE_DATE] = {"date à retenir", "日程の案内"},
    [NOTICE_INVITATION] = {"invitation", "招待"},
    [NOTICE_REMINDER] = {"rappel", "再案内"},
    [NOTICE_CHANGE] = {"changement", "変更"},
    [NOTICE_POSTPONED] = {"report", "延期"},
    [NOTICE_CANCELLATION] = {"annulation", "中止"},
    [NOTICE_UNINVITED] = {"retrait de l’invitation", "招待の取消"},
    [NOTICE_THANKS] = {"remerciements", "お礼"},
    [NOTICE_NEWSLETTER] = {"lettre d’information", "ニュースレター"},
    [NOTICE_STAFF] = {"message à l’équipe", "担当者への連絡"},
};

/* Of a message, which is masculine in French: of one, of several; then ja. */
static const struct {
    const char *fr, *several_fr, *ja;
} states[NOTICE_STATE_COUNT] = {
    [NOTICE_OWED] = {"à envoyer", "à envoyer", "送信待ち"},
    [NOTICE_HELD] = {"retenu", "retenus", "保留"},
    [NOTICE_CLAIMED] = {"en cours d’envoi", "en cours d’envoi", "送信中"},
    [NOTICE_ACCEPTED] = {"accepté", "acceptés", "送信済み"},
    [NOTICE_DEFERRED] = {"différé", "différés", "送信見合わせ"},
    [NOTICE_REFUSED] = {"refusé", "refusés", "拒否"},
    [NOTICE_UNCERTAIN] = {"incertain", "incertains", "到達不明"},
    [NOTICE_EXPIRED] = {"périmé", "périmés", "期限切れ"},
    [NOTICE_SUPERSEDED] = {"retiré", "retirés", "取消"},
    [NOTICE_SUPPRESSED] = {"opposition", "oppositions", "配信停止"},
};

/* Columns: fr, ja, en, as enum language. */
static const char *const told[NOTICE_STATE_COUNT][LANGUAGE_COUNT] = {
    [NOTICE_OWED] = {"à envoyer", "送信待ち", "to be sent"},
    [NOTICE_HELD] = {"retenu, attend un accord", "保留（承認待ち）", "held, waits for approval"},
    [NOTICE_CLAIMED] = {"en cours d’envoi", "送信中", "being sent"},
    [NOTICE_ACCEPTED] = {"accepté par le relais", "送信済み", "accepted by the relay"},
    [NOTICE_DEFERRED] = {"différé, sera réessayé", "送信見合わせ（再送予定）",
                         "deferred, will be retried"},
    [NOTICE_REFUSED] = {"refusé", "拒否", "refused"},
    [NOTICE_UNCERTAIN] = {"peut-être arrivé", "到達不明", "perhaps arrived"},
    [NOTICE_EXPIRED] = {"périmé, non envoyé", "期限切れ（未送信）", "expired, not sent"},
    [NOTICE_SUPERSEDED] = {"retiré, non envoyé", "取消（未送信）", "withdrawn, not sent"},
    [NOTICE_SUPPRESSED] = {"non envoyé, opposition", "配信停止（未送信）", "not sent, opposed"},
};

const char *notice_words_kind(enum notice_kind kind, enum language language)
{
    return language == LANGUAGE_EN ? notice_kind_to_text(kind) : kinds[kind][language];
}

const char *notice_words_state(enum notice_state state, enum language language)
{
    return language == LANGUAGE_FR   ? states[state].fr
           : language == LANGUAGE_JA ? states[state].ja
                                     : notice_state_to_text(state);
}

const char *notice_words_told(enum notice_state state, enum language language)
{
    return told[state][language];
}

const char *notice_words_count(struct arena *arena, const char *before, enum notice_state state,
                               size_t count, enum language language)
{
    const char *word = language == LANGUAGE_FR && count > 1 ? states[state].several_fr
                                                            : notice_words_state(state, language);
    const char *comma = before && *before ? language_comma(language) : "";
    if (!before)
        return NULL;
    return language == LANGUAGE_JA
               ? arena_printf(arena, "%s%s%s %zu 通", before, comma, word, count)
               : arena_printf(arena, "%s%s%zu %s", before, comma, count, word);
}
