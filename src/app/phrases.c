/* SPDX-License-Identifier: MIT */
#include "app/phrases.h"

/* Columns: fr, ja, en, as enum language. Counted ones: of one, then of several. */
static const char *const phrases[PHRASE_COUNT][2][LANGUAGE_COUNT] = {
    [PHRASE_NOTHING_DUE] = {{"Rien n’est prévu dans cet intervalle.",
                             "この期間に送信予定はありません。", "Nothing is due in this span."}},
    [PHRASE_NOBODY] = {{"Personne n’est concerné : voir `convier why`.",
                        "該当する連絡先はありません。`convier why` をご覧ください。",
                        "Nobody is concerned: see `convier why`."}},
    [PHRASE_OF_SERIES] =
        {{"La prochaine de la série « %s » : %s (une date dans --event en désigne une autre).",
          "一連の行事「%s」の次回：%s（ほかの回は --event に日付を添えて指定）。",
          "The next of the series “%s”: %s (a date in --event names another)."}},
    [PHRASE_TOGETHER] = {{"%s : dans un même courriel avec %s.", "%s：%s と同じメールで送信。",
                          "%s: in one mail with %s."}},
    [PHRASE_NOT_TO_COME] = {{"ce message ne partirait pas", "このメールは送信されません",
                             "this message would not be sent"}},
    [PHRASE_NO_READER] = {{"le contact ne fait pas partie des lecteurs de cette lettre",
                           "連絡先はこのニュースレターの読者ではありません",
                           "the contact is not in the newsletter's audience"}},
    [PHRASE_NO_HOLD] = {{"Rien n’attend votre accord.", "承認待ちはありません。",
                         "Nothing waits for a word."}},
    [PHRASE_ADVICE] = {{"Oui : `convier approve %s` ; non : `convier discard %s`.",
                        "承認：`convier approve %s`、破棄：`convier discard %s`",
                        "Yes: `convier approve %s`; no: `convier discard %s`."}},
    [PHRASE_ADVICE_LIST] =
        {{"La nouvelle liste : `convier approve %s` ; celle en vigueur : `convier discard %s`.",
          "新しい名簿を使う：`convier approve %s`、現在の名簿のまま：`convier discard %s`",
          "The new list: `convier approve %s`; the one in force: `convier discard %s`."}},
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
    [PHRASE_RETRIED] = {{"%s message partira de nouveau.", "%s 通を再び送信待ちにしました。",
                         "%s notice is owed again."},
                        {"%s messages partiront de nouveau.", "%s 通を再び送信待ちにしました。",
                         "%s notices are owed again."}},
    [PHRASE_USELESS] = {{"%s message a perdu son utilité.", "%s 通は時期を過ぎています。",
                         "%s notice has lost its use."},
                        {"%s messages ont perdu leur utilité.", "%s 通は時期を過ぎています。",
                         "%s notices have lost their use."}},
    [PHRASE_SUPPRESSED] = {{"%s ne recevra plus rien.", "%s には今後何も送りません。",
                            "%s hears nothing more."}},
    [PHRASE_UNSUPPRESSED] = {{"%s peut de nouveau recevoir des messages.",
                              "%s に再び送信できます。", "%s may be written to again."}},
    [PHRASE_NO_SUPPRESSION] = {{"Aucune adresse n’est sur la liste d’opposition.",
                                "配信停止リストは空です。", "Nobody is suppressed."}},
    [PHRASE_FORGOTTEN] =
        {{"%s enregistrement ne nomme plus %s, qui ne recevra plus rien. Retirez aussi la personne "
          "de la liste de contacts.",
          "%s 件の記録から %s を消去しました。今後何も送りません。名簿からも削除してください。",
          "%s record no longer names %s, who hears nothing more. Take the person out of the "
          "contact list as well."},
         {"%s enregistrements ne nomment plus %s, qui ne recevra plus rien. Retirez aussi la "
          "personne de la liste de contacts.",
          "%s 件の記録から %s を消去しました。今後何も送りません。名簿からも削除してください。",
          "%s records no longer name %s, who hears nothing more. Take the person out of the "
          "contact list as well."}},
    [PHRASE_ISSUE_LEAVES] = {{"%s message part : numéro %s.", "%s 通を送信します：%s 号",
                              "%s message leaves: issue %s."},
                             {"%s messages partent : numéro %s.", "%s 通を送信します：%s 号",
                              "%s messages leave: issue %s."}},
    [PHRASE_FEW_FIRST] = {{"Dont %s d’abord ; les autres ensuite (canary_delay).",
                           "うち %s 通が先で、ほかはその後です（canary_delay）。",
                           "%s of them first; the others later (canary_delay)."},
                          {"Dont %s d’abord ; les autres ensuite (canary_delay).",
                           "うち %s 通が先で、ほかはその後です（canary_delay）。",
                           "%s of them first; the others later (canary_delay)."}},
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
    [PHRASE_RUNNING] = {{"Le démon est en marche.", "デーモンは動作中です。",
                         "The daemon is running."}},
    [PHRASE_NOT_RUNNING] = {{"Le démon est arrêté.", "デーモンは停止しています。",
                             "The daemon is not running."}},
    [PHRASE_IS_PAUSED] = {{"Les envois sont suspendus : %s (convier resume)",
                           "送信は停止中です：%s（convier resume）",
                           "Sending is paused: %s (convier resume)"}},
    [PHRASE_SENDS_NOTHING] = {{"Rien ne part : %s", "何も送信していません：%s",
                               "Nothing is sent: %s"}},
    [PHRASE_SENT_NOTHING] = {{"Rien ne pouvait partir la dernière fois : %s",
                              "前回は何も送信できませんでした：%s",
                              "Nothing could be sent last time: %s"}},
    [PHRASE_SOURCES] = {{"Sources, au %s :", "読み込み元（%s 現在）：", "Sources, as of %s:"}},
    [PHRASE_SOURCE_READ] = {{"lu le %s", "%s に読み込み", "read %s"}},
    [PHRASE_SOURCE_TROUBLE] = {{"%s (dernière bonne lecture : %s)",
                                "%s（最後の正常な読み込み：%s）", "%s (last good reading %s)"}},
    [PHRASE_NEVER] = {{"jamais", "なし", "never"}},
    [PHRASE_NEXT_LOOK] = {{"Prochain passage : %s", "次の確認：%s", "Next look: %s"}},
    [PHRASE_NEXT_CHANGE] = {{"quand un fichier changera", "ファイルが変わったとき",
                             "when a file changes"}},
    [PHRASE_NOTICES] = {{"Messages : %s", "通知：%s", "Notices: %s"}},
    [PHRASE_NO_NEWSLETTER] = {{"Aucune lettre n’est définie (newsletters, dans convier.cfg).",
                               "ニュースレターは設定されていません（convier.cfg の newsletters）。",
                               "No newsletter is set up (newsletters in convier.cfg)."}},
    [PHRASE_NO_NOTICES] = {{"aucun pour l’instant", "まだありません", "none yet"}},
    [PHRASE_LAST_ACCEPTED] = {{"Dernier accepté par le relais : %s",
                               "最後に中継サーバーが受け付けた時刻：%s",
                               "Last accepted by the relay: %s"}},
    [PHRASE_STAFF_TOLD] = {{"Dernière lettre à l’équipe, partie le %s :",
                            "担当者への最後の連絡（%s 送信）：", "Last letter to staff, sent %s:"}},
    [PHRASE_STAFF_WAITS] = {{"Lettre à l’équipe, à envoyer le %s :",
                             "担当者への連絡（%s 送信予定）：", "Letter to staff, due %s:"}},
    [PHRASE_STAFF_UNTOLD] = {{"Lettre à l’équipe, non partie (%s) :",
                              "担当者への連絡（未送信、%s）：",
                              "Letter to staff, did not leave (%s):"}},
    [PHRASE_HOLDS] = {{"%s lot attend votre accord : convier holds",
                       "%s 件が承認待ちです：convier holds",
                       "%s batch waits for your word: convier holds"},
                      {"%s lots attendent votre accord : convier holds",
                       "%s 件が承認待ちです：convier holds",
                       "%s batches wait for your word: convier holds"}},
    [PHRASE_SUPPRESSIONS] = {{"%s adresse ne reçoit rien : convier suppressions",
                              "%s 件の宛先には何も送りません：convier suppressions",
                              "%s address hears nothing: convier suppressions"},
                             {"%s adresses ne reçoivent rien : convier suppressions",
                              "%s 件の宛先には何も送りません：convier suppressions",
                              "%s addresses hear nothing: convier suppressions"}},
    [PHRASE_PACE] =
        {{"Messages en attente : %s ; au rythme du relais, le dernier part au plus tard "
          "le %s",
          "送信待ち：%s 通、中継サーバーの制限では最後の送信は %s までです",
          "Mails that wait: %s; at the relay's pace the last leaves by %s"}},
    [PHRASE_TOO_LATE] =
        {{"au rythme du relais, %s messages sur %s partiraient trop tard : « %s » s’annonce "
          "utilement jusqu’au %s, son message passe le %s, le dernier le %s",
          "中継サーバーの制限では %s 通（全 %s 通）が間に合いません：「%s」の案内は %s "
          "までですが、順番は %s、最後の 1 通は %s です",
          "at the relay's pace %s of %s mails would leave too late: “%s” is worth telling until "
          "%s, "
          "its mail's turn comes at %s, the last one's at %s"}},
    [PHRASE_TOO_LATE_ADVICE] =
        {{"un relais aux limites plus hautes, un second relais ou une étape plus précoce y "
          "remédierait",
          "上限の高い中継サーバーにするか、2 台目を加えるか、より早い段階で案内すると解消します",
          "a relay with higher limits, a second one, or an earlier step would help"}},
    [PHRASE_OPPOSED] = {{"opposition", "本人の申し出", "opposed"}},
    [PHRASE_DEAD] = {{"adresse inexistante", "宛先不明", "dead"}},
    [PHRASE_BY_STAFF] = {{"équipe", "担当者", "staff"}},
    [PHRASE_ERASED] = {{"(effacée)", "（消去済み）", "(forgotten)"}},
    [PHRASE_CALENDAR] = {{"calendrier", "カレンダー", "calendar"}},
    [PHRASE_CONTACTS] = {{"contacts", "名簿", "contacts"}},
    [PHRASE_HOLIDAYS] = {{"jours fériés", "祝日", "holidays"}},
    [PHRASE_SOURCE] = {{"%s %s : %s", "%s %s：%s", "%s %s: %s"}},
    [PHRASE_EVENTS_READ] = {{"%s événement", "行事 %s 件", "%s event"},
                            {"%s événements", "行事 %s 件", "%s events"}},
    [PHRASE_WRITTEN_BY] = {{"%s, produit par %s", "%s、%s で作成", "%s, written by %s"}},
    [PHRASE_ROWS_READ] = {{"%s ligne, %s, %s", "%s 行、%s、%s", "%s row, %s, %s"},
                          {"%s lignes, %s, %s", "%s 行、%s、%s", "%s rows, %s, %s"}},
    [PHRASE_DAYS_READ] = {{"%s jour", "%s 日", "%s day"}, {"%s jours", "%s 日", "%s days"}},
    [PHRASE_RELAY_READY] = {{"relais %s : prêt", "中継サーバー %s：接続できました",
                             "relay %s: ready"}},
    [PHRASE_ERRORS] = {{"%s erreur", "エラー %s 件", "%s error"},
                       {"%s erreurs", "エラー %s 件", "%s errors"}},
    [PHRASE_WARNINGS] = {{"%s avertissement", "警告 %s 件", "%s warning"},
                         {"%s avertissements", "警告 %s 件", "%s warnings"}},
    [PHRASE_SEE_HOLDS] = {{"%s (voir `convier holds`)", "%s（`convier holds` をご覧ください）",
                           "%s (see `convier holds`)"}},
    [PHRASE_LEFT] = {{"des messages attendent, au rythme du relais",
                      "中継サーバーの制限により、送信待ちのメールが残っています",
                      "messages are left for the relay's pace"}},
    [PHRASE_LEFT_ADVICE] = {{"relancez la commande, ou laissez faire le démon",
                             "もう一度実行するか、デーモンに任せてください",
                             "run again, or let the daemon run"}},
    [PHRASE_WRITTEN] = {{"%s courriel écrit dans %s", "%s 通のメールを %s に書き出しました",
                         "%s mail written to %s"},
                        {"%s courriels écrits dans %s", "%s 通のメールを %s に書き出しました",
                         "%s mails written to %s"}},
    [PHRASE_BACKUP] =
        {{"%s : %s Ko. Ce fichier contient des données personnelles et la clé des liens de\n"
          "désabonnement : gardez-le aussi bien que la base de données. Pour restaurer : arrêtez\n"
          "le démon ; dans %s, mettez de côté ledger.db, ledger.db-wal et ledger.db-shm ;\n"
          "copiez-y ce fichier sous le nom de ledger.db, avec le propriétaire du dossier ;\n"
          "démarrez le démon : il demandera avant d’envoyer.",
          "%s：%s KB。個人情報と、配信停止リンクの鍵が含まれています。データベースと同じように\n"
          "厳重に保管してください。復元するには：デーモンを停止し、%s の ledger.db、\n"
          "ledger.db-wal、ledger.db-shm を別の場所に移します。次に、このファイルを ledger.db と\n"
          "いう名前でそこに複写し、所有者をフォルダーと同じにして、デーモンを起動します。\n"
          "送信の前に確認を求めます。",
          "%s: %s KB. It holds personal data and the key of the unsubscribe links: keep it as\n"
          "well as the ledger. To restore: stop the daemon; put ledger.db, ledger.db-wal and\n"
          "ledger.db-shm in %s aside; copy it there as ledger.db, owned as that folder is; start\n"
          "the daemon: it asks before it sends."}},
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
