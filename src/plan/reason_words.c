/* SPDX-License-Identifier: MIT */
/* A reason is read back by the literal parts of its English sentence, so the ledger holds plain
 * sentences that anybody can read with any tool, and none of them has to be migrated.            */
#include "plan/reason_words.h"

#include <string.h>

#include "base/text.h"

enum { VALUES_MAX = 4, TEXT_BYTES_MAX = 4096 };

/* Columns: fr, ja, en, as enum language. Where one sentence begins like another, the longer stands
 * first.                                                                                         */
static const char *const sentences[REASON_COUNT][LANGUAGE_COUNT] = {
    [REASON_OUTDATED] = {"l’événement a changé avant le départ du message",
                         "送信前に行事の内容が変わりました",
                         "the event changed before the message left"},
    [REASON_CANCELLED] = {"l’événement a été annulé avant le départ du message",
                          "送信前に行事が中止になりました",
                          "the event was cancelled before the message left"},
    [REASON_POSTPONED] = {"l’événement a été reporté avant le départ du message",
                          "送信前に行事が延期になりました",
                          "the event was postponed before the message left"},
    [REASON_GONE] = {"l’événement n’est plus dans le calendrier", "行事がカレンダーにありません",
                     "the event is no longer in the calendar"},
    [REASON_NOT_CONCERNED] = {"le contact ne fait plus partie de l’audience",
                              "連絡先が宛先から外れました",
                              "the contact is no longer in the audience"},
    [REASON_NO_RULE] = {"plus aucune règle ne concerne l’événement",
                        "この行事を対象とする規則がなくなりました",
                        "no rule is about the event any more"},
    [REASON_NOT_LISTED] = {"le contact n’est plus dans la liste", "連絡先が名簿から外れました",
                           "the contact is no longer in the list"},
    [REASON_SUPPRESSED] = {"le contact figure sur la liste d’opposition",
                           "連絡先が配信停止リストに載っています",
                           "the contact is on the opposition list"},
    [REASON_EXPIRED] = {"le message a perdu son utilité avant de partir",
                        "送信前に案内の時期を過ぎました",
                        "the message lost its use before it left"},
    [REASON_LATER] = {"un rappel plus récent le remplace", "後の再案内に替わりました",
                      "a later reminder says it better"},
    [REASON_EMPTY] = {"le numéro n’avait rien à annoncer à ce lecteur",
                      "この読者にお知らせする行事がありませんでした",
                      "the issue had nothing to tell this reader"},
    [REASON_CAPPED] = {"le contact avait déjà reçu assez de messages (limits.per_contact)",
                       "連絡先への送信数が上限に達していました（limits.per_contact）",
                       "the contact had enough messages by then (limits.per_contact)"},
    [REASON_FIRST_WORD] =
        {"l’étape %s de la règle %s ; le premier message à quelqu’un est une invitation",
         "段階%s、規則%s（最初の案内は必ず招待となります）",
         "the step %s of the rule %s; the first word to somebody is an invitation"},
    [REASON_STEP] = {"l’étape %s de la règle %s", "段階%s、規則%s", "the step %s of the rule %s"},
    [REASON_NEWS_CANCELLED] = {"l’événement a été annulé après que le contact en a été informé",
                               "案内後に行事が中止になりました",
                               "the event was cancelled after the contact was told of it"},
    [REASON_NEWS_VANISHED] = {"l’événement a disparu du calendrier après que le contact en a été "
                              "informé",
                              "案内後に行事がカレンダーからなくなりました",
                              "the event vanished from the calendar after the contact was told"},
    [REASON_NEWS_POSTPONED] =
        {"l’événement a été reporté à une date à venir après que le contact en a été informé",
         "案内後に行事が延期（日程未定）になりました",
         "the event was postponed to a date to come after the contact was told of it"},
    [REASON_NEWS_DATED] =
        {"l’événement a de nouveau une date, alors que le contact le croyait sans suite",
         "開催されないと案内した行事の日程が決まりました",
         "the event has a date again after the contact was told that it would not take place"},
    [REASON_NEWS_CHANGED] = {"changement depuis la dernière information du contact : %s",
                             "前回の案内からの変更：%s", "changed since the contact was told: %s"},
    [REASON_REMOVED] = {"le contact avait été informé et ne fait plus partie de l’audience",
                        "案内済みの連絡先が宛先から外れました",
                        "the contact was told, and is no longer in the audience"},
    [REASON_ISSUE] = {"la lettre « %s », numéro du %s", "ニュースレター「%s」%s 号",
                      "the newsletter “%s”, issue of %s"},
    [REASON_WRITTEN_ISSUE] = {"la lettre « %s », numéro « %s » écrit à la main",
                              "ニュースレター「%s」、手書きの号「%s」",
                              "the newsletter “%s”, issue “%s” written by hand"},
    [REASON_WAIT_EDITED] = {"« %s » : modifié il y a peu, attend jusqu’au %s",
                            "「%s」：変更されたばかりのため、%s まで待ちます",
                            "“%s”: edited lately, waits until %s"},
    [REASON_WAIT_VANISHED] = {"« %s » : disparu du calendrier, attend jusqu’au %s",
                              "「%s」：カレンダーからなくなったため、%s まで待ちます",
                              "“%s”: vanished from the calendar, waits until %s"},
    [REASON_WAIT_HOUR] = {"« %s » : heures calmes, attend jusqu’au %s",
                          "「%s」：送信を控える時間帯のため、%s まで待ちます",
                          "“%s”: quiet hours, waits until %s"},
    [REASON_WAIT_CAP] = {"« %s » : assez de messages pour l’instant, attend jusqu’au %s",
                         "「%s」：送信数の上限のため、%s まで待ちます",
                         "“%s”: enough messages for now, waits until %s"},
    [REASON_WAIT_ABSENT] = {"« %s » : absent du calendrier, la prochaine lecture décidera",
                            "「%s」：カレンダーに見当たりません。次の読み込みで判断します",
                            "“%s”: missing from the calendar, the next reading decides"},
    [REASON_WAIT_LOST] =
        {"« %s » : le calendrier « %s » a perdu d’un coup la plupart de ce qui était à venir, "
         "attend son retour ou `convier newsletter send`",
         "「%s」：カレンダー「%s」から今後の行事の大半が一度になくなったため、元に戻るか "
         "convier newsletter send まで待ちます",
         "“%s”: the calendar “%s” lost most of what was to come at once, waits for its return or "
         "for `convier newsletter send`"},
    [REASON_WAIT_CANARY] = {"« %s » : attend que ceux qui la reçoivent d’abord l’aient reçue",
                            "「%s」：先に受け取る方に届くまで待ちます",
                            "“%s”: waits until those who receive it first have it"},
    [REASON_HOLD_VANISHED] = {"« %s » du %s n’est plus dans le calendrier « %s » : approuver pour "
                              "envoyer les annulations, écarter pour ne rien dire",
                              "「%s」（%s）がカレンダー「%s」にありません：承認すると中止を通知し、"
                              "破棄すると何も送りません",
                              "“%s” of %s is no longer in the calendar “%s”: approve to send "
                              "cancellations, discard to stay silent"},
    [REASON_HOLD_LOST] =
        {"« %s » du %s n’est plus dans le calendrier « %s », qui a perdu d’un coup "
         "la plupart de ce qui était à venir : approuver pour envoyer les "
         "annulations, écarter pour ne rien dire",
         "「%s」（%s）がカレンダー「%s」にありません。今後の行事の大半が一度に"
         "なくなっています：承認すると中止を通知し、破棄すると何も送りません",
         "“%s” of %s is no longer in the calendar “%s”, which lost most of what "
         "was to come at once: approve to send cancellations, discard to stay "
         "silent"},
    [REASON_HOLD_ISSUE] =
        {"un calendrier a perdu d’un coup la plupart de ce qui était à venir : approuver quand il "
         "est revenu, ou pour envoyer ce qui reste de ce numéro",
         "カレンダーから今後の行事の大半が一度になくなっています：元に戻ってから、または残りの内容"
         "だけで送る場合に承認してください",
         "a calendar lost most of what was to come at once: approve when it is back, or to send "
         "what is left of this issue"},
    [REASON_HOLD_CANARY] =
        {"« %s » : aucun de ceux qui la reçoivent d’abord ne l’a reçue : approuver pour l’envoyer "
         "aux autres, écarter pour y renoncer",
         "「%s」：先に受け取る方の誰にも届いていません：承認すると他の読者に送り、破棄すると"
         "送りません",
         "“%s”: none of those who receive it first has had it: approve to send it to the others, "
         "discard to give it up"},
    [REASON_HOLD_ABOVE] =
        {"%s messages partiraient d’un coup, plus que n’en permet limits.hold_above (%s)",
         "一度に %s 通が送られます（limits.hold_above の上限は %s 通）",
         "%s messages would leave at once, more than the %s of limits.hold_above"},
    [REASON_HOLD_ONE] = {"%s message partirait, et limits.hold_above est à %s",
                         "%s 通が送られます（limits.hold_above は %s 通）",
                         "%s message would leave, and limits.hold_above is %s"},
    [REASON_HOLD_EVENTS] =
        {"%s événements connus sur %s changent d’un coup, plus que les %s % de limits.hold_share",
         "案内済みの行事のうち %s 件（全 %s 件）が一度に変わりました（limits.hold_share の上限は "
         "%s %）",
         "%s of %s known events changed at once, more than the %s % of limits.hold_share"},
    [REASON_HOLD_CONTACTS] =
        {"%s contacts sur %s recevraient un message d’un coup, plus que les %s % de "
         "limits.hold_share",
         "連絡先のうち %s 件（全 %s 件）に一度に送られます（limits.hold_share の上限は %s %）",
         "%s of %s contacts would be written to at once, more than the %s % of limits.hold_share"},
    [REASON_HOLD_UNCERTAIN] =
        {"le relais l’a peut-être déjà accepté ; approuver pour l’envoyer de nouveau",
         "中継サーバーがすでに受け付けた可能性があります。もう一度送る場合に承認してください",
         "the relay may have accepted it already; approve to send it again"},
    [REASON_LIST_SHRANK] =
        {"la liste est passée de %s lignes à %s d’un coup, plus que les %s % de limits.hold_share",
         "名簿が %s 行から %s 行に一度に減りました（limits.hold_share の上限は %s %）",
         "the list shrank from %s rows to %s at once, more than the %s % of limits.hold_share"},
    [REASON_LIST_SHRANK_AT] =
        {"%s : la liste est passée de %s lignes à %s d’un coup, plus que les %s % de "
         "limits.hold_share",
         "%s：名簿が %s 行から %s 行に一度に減りました（limits.hold_share の上限は %s %）",
         "%s: the list shrank from %s rows to %s at once, more than the %s % of limits.hold_share"},
    [REASON_APPROVED] = {"approuvé", "承認", "approved"},
    [REASON_DISCARDED] = {"écarté", "破棄", "discarded"},
    [REASON_RETRIED] = {"relancé à la main", "手動で再送", "retried by hand"},
    [REASON_BY_HAND] = {"à la main", "手動", "by hand"},
    [REASON_NO_LIST] = {"le contact n’est plus dans aucune liste", "連絡先がどの名簿にもありません",
                        "the contact is no longer in any list"},
    [REASON_NOT_COMPOSED] = {"le message n’a pas pu être composé", "本文を作成できませんでした",
                             "the message could not be composed"},
    [REASON_NOTHING_LEFT] = {"il n’y a plus rien à dire", "お知らせする内容がなくなりました",
                             "nothing is left to say"},
    [REASON_CUT_SHORT] = {"convier s’est arrêté pendant l’envoi", "送信中に停止しました",
                          "convier stopped while it was being sent"},
    [REASON_PAUSED_MACHINE] =
        {"cette base de données a servi sur une autre machine, qui envoie peut-être "
         "encore ; voyez `convier plan`, puis `convier resume`",
         "このデータベースは別のサーバーで使われており、そこから今も送信されている可能性があります"
         "。`convier "
         "plan` を確認し、`convier resume` で再開してください",
         "this ledger was used on another machine, which may still be sending; look at "
         "`convier plan`, then `convier resume`"},
    [REASON_PAUSED_OLDER] =
        {"cette base de données est plus ancienne que la dernière utilisée ici (une "
         "sauvegarde restaurée ?) et ne sait pas ce qui est parti depuis ; voyez "
         "`convier plan`, puis `convier resume`",
         "このデータベースは前回ここで使われたものより古く（バックアップからの復元でしょうか）、そ"
         "の後の送信を知りません。`convier "
         "plan` を確認し、`convier resume` で再開してください",
         "this ledger is older than the one used here last (restored from a backup?) "
         "and does not know what was sent since; look at `convier plan`, then `convier "
         "resume`"},
    [REASON_PAUSED_COPY] =
        {"cette base de données est une copie de celle qui servait (un serveur copié, "
         "une sauvegarde restaurée ?) et ne sait pas ce qui est parti depuis ; voyez "
         "`convier plan`, puis `convier resume`",
         "このデータベースはこれまで使われていたものの複製で（サーバーの複製かバックアップからの復"
         "元でしょうか）、その後の送信を知りません。`convier "
         "plan` を確認し、`convier resume` で再開してください",
         "this ledger is a copy of the one used before (a copied server, or a restored "
         "backup?) and does not know what was sent since; look at `convier plan`, then "
         "`convier resume`"},
    [REASON_PAUSED_BACKUP] =
        {"cette base de données est une sauvegarde et ne sait pas ce qui est parti "
         "depuis ; voyez `convier plan`, puis `convier resume`",
         "このデータベースはバックアップであり、その後の送信を知りません。`convier "
         "plan` を確認し、`convier resume` で再開してください",
         "this ledger is a backup and does not know what was sent since; look at "
         "`convier plan`, then `convier resume`"},
    [REASON_PAUSED_CLOCK] =
        {"l’horloge a reculé depuis le dernier démarrage ; voyez `convier plan`, "
         "puis `convier resume`",
         "前回の起動から時計が戻っています。`convier plan` "
         "を確認し、`convier resume` で再開してください",
         "the clock went back since the last start; look at `convier plan`, then "
         "`convier resume`"},
    [REASON_PAUSED_REFUSED] =
        {"trois messages de suite ont été refusés par notre faute ; une fois la cause corrigée, "
         "`convier resume` et `convier retry --all`",
         "当方の問題により3通続けて拒否されました。修正後に `convier resume` と `convier retry "
         "--all`",
         "three messages in a row were refused for a fault of ours; when it is mended, "
         "`convier resume` and `convier retry --all`"},
    [REASON_STOPPED_PAUSED] = {"envois suspendus : %s", "送信停止中：%s", "paused: %s"},
    [REASON_STOPPED_TEMPLATES] = {"les modèles de messages ont des erreurs ; voir `convier check`",
                                  "メールのひな形に誤りがあります。`convier check` をご覧ください",
                                  "the templates have errors; see `convier check`"},
    [REASON_STOPPED_LIST] =
        {"une liste de contacts n’a pas encore pu être lue ; voir `convier check`",
         "名簿をまだ読み込めていません。`convier check` をご覧ください",
         "a contact list could not be read yet; see `convier check`"},
    [REASON_STOPPED_RELAY] = {"le relais est inutilisable (%s: %s) ; nouvel essai dans %s min",
                              "中継サーバーを使用できません（%s: %s）。%s 分後に再び試します",
                              "the relay cannot be used (%s: %s); next try in %s min"},
};

/* What may stand in the list of REASON_NEWS_CHANGED. */
static const char *const fields[][LANGUAGE_COUNT] = {
    {"date ou heure", "日時", "date or time"},
    {"état", "状態", "state"},
    {"lieu", "会場", "place"},
    {"lien", "リンク", "link"},
    {"titre", "題名", "title"},
};

const char *reason_sentence(enum reason reason, enum language language)
{
    return sentences[reason][language];
}

const char *reason_fill(struct arena *arena, const char *sentence, const char *const *values)
{
    size_t size = strlen(sentence) + 1;
    for (size_t i = 0; values[i]; i++)
        size += strlen(values[i]);
    char *text = arena_alloc(arena, size), *to = text;
    if (!text)
        return NULL;
    for (const char *from = sentence; *from;) {
        if (from[0] == '%' && from[1] == 's') {
            if (!*values)
                return NULL;
            size_t length = strlen(*values);
            memcpy(to, *values++, length);
            to += length;
            from += 2;
        } else {
            *to++ = *from++;
        }
    }
    return text;
}

const char *reason_say(struct arena *arena, enum reason reason, const char *const *values)
{
    return reason_fill(arena, sentences[reason][LANGUAGE_EN], values);
}

/* --- reading back ---------------------------------------------------------------------------- */

/* The literal part before the next %s or the end. */
static struct text next_literal(struct text *sentence)
{
    size_t size = text_find(*sentence, TEXT("%s"));
    struct text literal = text_slice(*sentence, 0, size);
    *sentence = size < sentence->size ? text_from(*sentence, size + 2) : (struct text){NULL, 0};
    return literal;
}

/* Does the text say the sentence? Then ret holds its values. */
static bool match(struct text text, const char *sentence, struct text ret[VALUES_MAX],
                  size_t *ret_count)
{
    struct text rest = text_of(sentence), literal = next_literal(&rest);
    *ret_count = 0;
    if (text.size < literal.size || !text_equal(text_slice(text, 0, literal.size), literal))
        return false;
    text = text_from(text, literal.size);
    while (rest.data && *ret_count < VALUES_MAX) {
        literal = next_literal(&rest);
        size_t at = rest.data ? text_find(text, literal) : text.size - literal.size;
        if (text.size < literal.size || at > text.size - literal.size ||
            !text_equal(text_slice(text, at, literal.size), literal))
            return false;
        ret[(*ret_count)++] = text_slice(text, 0, at);
        text = text_from(text, at + literal.size);
    }
    return text.size == 0;
}

static const char *field_in(struct text field, enum language language)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (text_is(field, fields[i][LANGUAGE_EN]))
            return fields[i][language];
    return NULL;
}

/* "date or time, place" */
static const char *fields_in(struct arena *arena, struct text list, enum language language)
{
    const char *all = "";
    while (list.size && all) {
        size_t end = text_find(list, TEXT(", "));
        const char *field = field_in(text_slice(list, 0, end), language);
        list = end < list.size ? text_from(list, end + 2) : (struct text){"", 0};
        all = field
                  ? arena_printf(arena, "%s%s%s", all, *all ? language_comma(language) : "", field)
                  : NULL;
    }
    return all;
}

static const char *translate(struct arena *arena, enum reason reason, const struct text *values,
                             size_t count, enum language language)
{
    const char *strings[VALUES_MAX + 1] = {NULL};
    for (size_t i = 0; i < count; i++) {
        const char *value = arena_copy_text(arena, values[i]);
        strings[i] = reason == REASON_NEWS_CHANGED     ? fields_in(arena, values[i], language)
                     : reason == REASON_STOPPED_PAUSED ? reason_in(arena, value, language)
                                                       : value;
        if (!strings[i])
            return NULL;
    }
    return reason_fill(arena, sentences[reason][language], strings);
}

const char *reason_in(struct arena *arena, const char *text, enum language language)
{
    struct text values[VALUES_MAX];
    size_t count;
    if (language == LANGUAGE_EN || !text || strlen(text) > TEXT_BYTES_MAX)
        return text;
    for (int i = 0; i < REASON_COUNT; i++) {
        if (!match(text_of(text), sentences[i][LANGUAGE_EN], values, &count))
            continue;
        const char *said = translate(arena, (enum reason)i, values, count, language);
        return said ? said : text;
    }
    return text;
}
