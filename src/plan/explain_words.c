/* SPDX-License-Identifier: MIT */
#include "plan/explain_words.h"

#include <string.h>

#include "plan/notice_words.h"

/* Columns: fr, ja, en, as enum language. All values are strings. */
static const char *const sentences[S_COUNT][LANGUAGE_COUNT] = {
    [S_CONTACT] = {"%s <%s>, %s, ligne %s", "%s <%s>（%s、%s行目）", "%s <%s>, %s, line %s"},
    [S_LANGUAGE] = {"Langue : %s (d’après %s).", "言語：%s（根拠：%s）。",
                    "Language: %s (from %s)."},
    [S_ZONE] = {"Fuseau : %s (d’après %s).", "時間帯：%s（根拠：%s）。", "Zone: %s (from %s)."},
    [S_EVENT] = {"« %s », %s (calendrier « %s »).", "「%s」%s（カレンダー「%s」）。",
                 "“%s”, %s (calendar “%s”)."},
    [S_EVENT_STATE] = {"État dans le calendrier : %s.", "カレンダー上の状態：%s。",
                       "State in the calendar: %s."},
    [S_MARK_SILENT] = {"Marque #silencieux : les changements ne sont annoncés à personne.",
                       "#silencieux 印：変更は誰にも通知されません。",
                       "Mark #silencieux: changes are announced to nobody."},
    [S_MARK_URGENT] = {"Marque #urgent : part sans délai de calme.",
                       "#urgent 印：待ち時間なしで送信されます。",
                       "Mark #urgent: leaves without the settle window."},
    [S_SEEN] = {"Lu pour la première fois le %s ; inchangé depuis le %s.",
                "初回読み込み：%s。最終変更：%s。", "First read %s; unchanged since %s."},
    [S_VANISHED] = {"Absent du calendrier depuis le %s (%s lecture(s)).",
                    "%s からカレンダーに見当たりません（%s回の読み込み）。",
                    "Missing from the calendar since %s (%s reading(s))."},
    [S_NO_RULES] = {"Les réglages ne contiennent aucune règle.", "設定に規則がありません。",
                    "The settings have no rule."},
    [S_RULE_CALENDAR] =
        {"Règle « %s » : non, elle attend le calendrier « %s », l’événement est "
         "dans « %s ».",
         "規則「%s」：対象外。カレンダー「%s」が条件ですが、行事は「%s」にあります。",
         "Rule “%s”: no, it wants the calendar “%s”, the event is in “%s”."},
    [S_RULE_CATEGORY] = {"Règle « %s » : non, elle attend la catégorie « %s », l’événement porte "
                         "%s.",
                         "規則「%s」：対象外。分類「%s」が条件ですが、行事の分類は%sです。",
                         "Rule “%s”: no, it wants the category “%s”, the event has %s."},
    [S_RULE_TITLE] = {"Règle « %s » : non, le titre ne correspond pas à « %s » (%s).",
                      "規則「%s」：対象外。題名が「%s」に一致しません（%s）。",
                      "Rule “%s”: no, the title does not fit “%s” (%s)."},
    [S_RULE_IN] = {"Règle « %s » : oui ; le contact est dans l’audience « %s »%s.",
                   "規則「%s」：該当。宛先「%s」に含まれます%s。",
                   "Rule “%s”: yes; the contact is in the audience “%s”%s."},
    [S_RULE_OUT] = {"Règle « %s » : elle concerne l’événement, mais le contact n’est pas dans "
                    "l’audience « %s »%s.",
                    "規則「%s」：行事は対象ですが、宛先「%s」に含まれません%s。",
                    "Rule “%s”: it is about the event, but the contact is not in the audience "
                    "“%s”%s."},
    [S_RULE_MARK_IN] =
        {"Règle « %s » : oui ; la marque #audience « %s » de l’événement comprend le "
         "contact.",
         "規則「%s」：該当。行事の #audience 印「%s」に含まれます。",
         "Rule “%s”: yes; the event’s mark #audience “%s” has the contact."},
    [S_RULE_MARK_OUT] =
        {"Règle « %s » : elle concerne l’événement, mais la marque #audience « %s » "
         "ne comprend pas le contact.",
         "規則「%s」：行事は対象ですが、#audience 印「%s」に含まれません。",
         "Rule “%s”: it is about the event, but the event’s mark #audience “%s” "
         "does not have the contact."},
    [S_RULE_MARK_MALFORMED] =
        {"Règle « %s » : elle concerne l’événement, mais sa marque #audience « %s » ne peut être "
         "comprise : personne n’est invité (voir `convier check`).",
         "規則「%s」：行事は対象ですが、#audience 印「%s」を解釈できないため、誰も招待しません"
         "（`convier check` をご覧ください）。",
         "Rule “%s”: it is about the event, but the event’s mark #audience “%s” cannot be "
         "understood: nobody is invited (see `convier check`)."},
    [S_MARK_IN] = {"Marque #audience « %s » de l’événement : le contact en fait partie.",
                   "行事の #audience 印「%s」：含まれます。",
                   "Mark #audience “%s” of the event: the contact is in it."},
    [S_MARK_OUT] = {"Marque #audience « %s » de l’événement : le contact n’en fait pas partie.",
                    "行事の #audience 印「%s」：含まれません。",
                    "Mark #audience “%s” of the event: the contact is not in it."},
    [S_MARK_MALFORMED] = {"Marque #audience « %s » de l’événement : elle ne peut être comprise ; "
                          "personne n’est invité (voir `convier check`).",
                          "行事の #audience 印「%s」：解釈できないため、誰も招待しません"
                          "（`convier check` をご覧ください）。",
                          "Mark #audience “%s” of the event: it cannot be understood; nobody is "
                          "invited (see `convier check`)."},
    [S_TOLD] = {"Informé pour la première fois le %s, pour la dernière fois le %s : %s.",
                "初回案内：%s。最終案内：%s（内容：%s）。", "First told %s, last told %s: %s."},
    [S_TOLD_SILENTLY] = {"Tenu pour informé le %s sans message : %s.",
                         "%s に通知なしで案内済みとみなしました（内容：%s）。",
                         "Taken as told on %s without a message: %s."},
    [S_TOLD_SINCE] =
        {"Informé pour la première fois le %s, pour la dernière fois le %s ; tenu pour informé "
         "le %s sans message : %s.",
         "初回案内：%s。最終案内：%s。%s に通知なしで案内済みとみなしました（内容：%s）。",
         "First told %s, last told %s; taken as told on %s without a message: %s."},
    [S_NEVER_TOLD] = {"Jamais informé de cet événement.",
                      "この行事についてはまだ案内していません。", "Never told about this event."},
    [S_LIST_IS_NEW] = {"Sa liste est connue depuis le %s, l’événement l’était déjà : les étapes "
                       "passées avant n’invitent pas ; la suivante invite.",
                       "名簿は %s に加わりました。行事はそれ以前からあるため、それより前の段階では"
                       "案内せず、次の段階で案内します。",
                       "The list has been known since %s, the event was there before: steps that "
                       "passed earlier do not invite; the next one does."},
    [S_NOTICE] = {"%s : %s (prévu le %s).", "%s：%s（予定 %s）。", "%s: %s (due %s)."},
    [S_NOTICE_SENT] = {"%s : %s le %s.", "%s：%s（%s）。", "%s: %s on %s."},
    [S_SETTLING] = {"Modifié il y a peu : rien ne part avant le %s.",
                    "変更されたばかりのため、%s まで送信しません。",
                    "Edited lately: nothing leaves before %s."},
    [S_NEXT] = {"Prochain message : %s, le %s, règle « %s ».", "次の案内：%s、%s、規則「%s」。",
                "Next message: %s, on %s, rule “%s”."},
    [S_NEXT_HELD] = {"En attente d’un accord : %s, le %s, règle « %s ».",
                     "承認待ち：%s、%s、規則「%s」。",
                     "Will wait for approval: %s, on %s, rule “%s”."},
    [S_NEXT_WAITS] = {"En attente d’un accord : %s ; voir `convier holds`.",
                      "承認待ち：%s。`convier holds` をご覧ください。",
                      "Waits for approval: %s; see `convier holds`."},
    [S_NEXT_PENDING] = {"Part dès que possible : %s.", "まもなく送信：%s。",
                        "Leaves as soon as possible: %s."},
    [S_NOTHING_SUPPRESSED] = {"Rien ne partira : l’adresse est sur la liste d’opposition.",
                              "送信しません：配信停止リストに載っています。",
                              "Nothing will leave: the address is on the opposition list."},
    [S_NOTHING_NOT_CONCERNED] = {"Rien ne partira : aucune règle n’adresse cet événement à ce "
                                 "contact.",
                                 "送信しません：この行事をこの連絡先に送る規則がありません。",
                                 "Nothing will leave: no rule addresses this event to this "
                                 "contact."},
    [S_NOTHING_VANISHED] = {"Rien ne partira : l’événement n’est plus dans le calendrier.",
                            "送信しません：行事がカレンダーにありません。",
                            "Nothing will leave: the event is no longer in the calendar."},
    [S_NOTHING_CANCELLED] = {"Rien ne partira : l’événement est annulé, et rien d’autre n’est à "
                             "dire.",
                             "送信しません：行事は中止となり、ほかに知らせることはありません。",
                             "Nothing will leave: the event is cancelled, and there is nothing "
                             "more to say."},
    [S_NOTHING_POSTPONED] = {"Rien ne partira tant que la nouvelle date n’est pas connue.",
                             "新しい日程が決まるまで送信しません。",
                             "Nothing will leave until the new date is known."},
    [S_NOTHING_PAST] = {"Rien ne partira : l’événement est passé.",
                        "送信しません：行事は終了しました。",
                        "Nothing will leave: the event is past."},
    [S_NOTHING_SILENT] =
        {"Rien ne partira : l’événement porte la marque #silencieux, et ce contact "
         "n’en a jamais été informé par un message.",
         "送信しません：行事に #silencieux 印があり、この連絡先にはまだ何も送って"
         "いません。",
         "Nothing will leave: the event has the mark #silencieux, and no message "
         "ever told this contact of it."},
    [S_NOTHING_LEFT] = {"Rien d’autre n’est prévu : toutes les étapes sont passées ou dites.",
                        "これ以上の予定はありません：すべての段階が済んでいます。",
                        "Nothing else is planned: every step has passed or was said."},
    [S_ISSUE] = {"Lettre « %s », numéro du %s.", "ニュースレター「%s」%s 号。",
                 "Newsletter “%s”, issue of %s."},
    [S_ISSUE_WRITTEN] = {"Lettre « %s », numéro « %s » écrit à la main.",
                         "ニュースレター「%s」、手書きの号「%s」。",
                         "Newsletter “%s”, issue “%s” written by hand."},
    [S_ISSUE_WORD] = {"Envoi demandé le %s.", "%s に送信の指示がありました。", "Let go on %s."},
    [S_NOTHING_LOST] =
        {"Le calendrier « %s » a perdu d’un coup la plupart de ce qui était à venir : "
         "le numéro attend son retour ou `convier newsletter send`.",
         "カレンダー「%s」から今後の行事の大半が一度になくなりました。元に戻るか "
         "`convier newsletter send` まで待ちます。",
         "The calendar “%s” lost most of what was to come at once: the issue waits for "
         "its return or for `convier newsletter send`."},
    [S_ISSUE_TELLS] = {"Il annonce à ce lecteur : %s.", "この読者への内容：%s。",
                       "It tells this reader: %s."},
    [S_ISSUE_TELLS_NOTHING] = {"Il n’a rien à annoncer à ce lecteur.",
                               "この読者にお知らせする行事はありません。",
                               "It has nothing to tell this reader."},
    [S_ISSUE_NOT_SENT] = {"Rien n’en est encore parti vers ce contact.",
                          "この連絡先にはまだ送っていません。",
                          "Nothing of it has left to this contact yet."},
    [S_READER_IN] = {"Lecteurs « %s » : oui, le contact en fait partie%s.",
                     "読者「%s」：該当します%s。",
                     "Readers “%s”: yes, the contact is among them%s."},
    [S_READER_OUT] = {"Lecteurs « %s » : le contact n’en fait pas partie%s.",
                      "読者「%s」：含まれません%s。",
                      "Readers “%s”: the contact is not among them%s."},
    [S_READER_FIRST] = {"Il est de ceux qui la reçoivent d’abord (« %s »).",
                        "先に受け取る方（「%s」）に含まれます。",
                        "The contact is one of those who receive it first (“%s”)."},
    [S_READER_AFTER] = {"D’autres la reçoivent d’abord (« %s »).",
                        "先に受け取る方（「%s」）の後に"
                        "送信します。",
                        "Others receive it first (“%s”)."},
    [S_NEXT_ISSUE] = {"Prochain message : le %s.", "次の送信：%s。", "Next message: on %s."},
    [S_NEXT_ISSUE_HELD] = {"Attendra un accord : le %s.", "承認待ちになります：%s。",
                           "Will wait for approval: on %s."},
    [S_NOTHING_NOT_READER] = {"Rien ne partira : le contact n’est pas un lecteur de cette lettre.",
                              "送信しません：このニュースレターの読者ではありません。",
                              "Nothing will leave: the contact is no reader of this newsletter."},
    [S_NOTHING_OF_ISSUE] = {"Rien d’autre ne partira de ce numéro vers ce contact.",
                            "この号については、これ以上送信しません。",
                            "Nothing more of this issue will leave to this contact."},
    [S_NOTHING_UNSAID] = {"Part à votre demande : `convier newsletter send %s`.",
                          "指示により送信します：`convier newsletter send %s`。",
                          "Leaves at your word: `convier newsletter send %s`."},
    [S_NOTHING_TOLD] = {"Rien ne partira : le numéro n’a rien à annoncer à ce lecteur.",
                        "送信しません：この読者にお知らせする行事がありません。",
                        "Nothing will leave: the issue has nothing to tell this reader."},
    [S_NOTHING_ISSUE_PAST] = {"Rien ne partira : l’heure de ce numéro est passée.",
                              "送信しません：この号の送信時刻を過ぎています。",
                              "Nothing will leave: the hour of this issue has passed."},
};

static const char *const language_names[LANGUAGE_COUNT][LANGUAGE_COUNT] = {
    [LANGUAGE_FR] = {"français", "フランス語", "French"},
    [LANGUAGE_JA] = {"japonais", "日本語", "Japanese"},
    [LANGUAGE_EN] = {"anglais", "英語", "English"},
};

static const char *const event_states[][LANGUAGE_COUNT] = {
    [EVENT_ALIVE] = {"maintenu", "開催", "takes place"},
    [EVENT_TENTATIVE] = {"provisoire", "仮", "tentative"},
    [EVENT_POSTPONED] = {"reporté, date à venir", "延期（日程未定）", "postponed, date to come"},
    [EVENT_CANCELLED] = {"annulé", "中止", "cancelled"},
};

/* Where a language or a zone comes from, as contact.h names it. */
static const struct {
    const char *reason;
    const char *words[LANGUAGE_COUNT];
} origins[] = {
    {"column", {"la colonne de la liste", "名簿の列", "the column of the list"}},
    {"list", {"le réglage de la liste", "名簿の設定", "the setting of the list"}},
    {"organisation",
     {"le réglage de l’organisation", "団体の設定", "the setting of the organisation"}},
    {"country", {"le pays", "国", "the country"}},
};

const char *explain_sentence(enum sentence sentence, enum language language)
{
    return sentences[sentence][language];
}

const char *explain_language(enum language named, enum language language)
{
    return language_names[named][language];
}

const char *explain_event_state(enum event_state state, enum language language)
{
    return event_states[state][language];
}

const char *explain_step(struct arena *arena, const struct notice *notice, enum language language)
{
    const char *key = notice->step;
    const char *kind = language == LANGUAGE_EN ? key : notice_words_kind(notice->kind, language);
    if (string_equal(kind, key))
        return key;
    return arena_printf(arena, language == LANGUAGE_JA ? "%s（%s）" : "%s (%s)", kind, key);
}

/* "country FR" keeps its country. */
const char *explain_origin(struct arena *arena, const char *reason, enum language language)
{
    struct text text = text_of(reason);
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        if (!text_starts(text, origins[i].reason))
            continue;
        const char *words = origins[i].words[language];
        struct text value = text_trim(text_from(text, strlen(origins[i].reason)));
        return value.size ? arena_printf(arena, "%s %.*s", words, (int)value.size, value.data)
                          : words;
    }
    return reason ? reason : "—";
}
