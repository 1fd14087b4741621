/* SPDX-License-Identifier: MIT */
#include "app/staff_words.h"

/* Columns: fr, ja, en, as enum language. */
static const char *const words[STAFF_WORD_COUNT][LANGUAGE_COUNT] = {
    [STAFF_WORD_GOOD_COPY] = {"La dernière bonne copie reste en vigueur. Vérifiez l’adresse ou le "
                              "fichier.",
                              "最後に正常に読み込んだ内容を使い続けます。場所またはファイルをご確認"
                              "ください。",
                              "The last good copy stays in force. Check the address or the file."},
    [STAFF_WORD_NO_COPY] = {"Rien n’en a encore pu être lu. Vérifiez l’adresse ou le fichier.",
                            "まだ一度も読み込めておりません。場所またはファイルをご確認ください。",
                            "Nothing of it could be read yet. Check the address or the file."},
    [STAFF_WORD_RESUME] = {"Voyez avec votre prestataire pourquoi il refuse. Ensuite : `convier "
                           "resume`, puis `convier retry --all`.",
                           "拒否の理由を事業者にお問い合わせください。解決後：`convier resume`、"
                           "続けて `convier retry --all`",
                           "Ask your provider why it refuses. Then: `convier resume` and `convier "
                           "retry --all`."},
    [STAFF_WORD_ISSUE] =
        {"Rétablissez le calendrier, ou envoyez ce qui reste de ce numéro : `convier newsletter "
         "send %s`. Sinon il sera abandonné le %s.",
         "カレンダーを元に戻すか、残りの内容だけで送信してください：`convier newsletter send %s`　"
         "そのままの場合、%s に取りやめます。",
         "Bring the calendar back, or send what is left of the issue: `convier newsletter send "
         "%s`. Otherwise it is dropped at %s."},
    [STAFF_WORD_PAUSED] =
        {"Trois messages de suite ont été refusés pour une raison qui tient à "
         "nous (%s). Les envois sont suspendus.",
         "当方に起因する理由で3通続けて拒否されました（%s）。送信を停止しております。",
         "Three messages in a row were refused for a fault of ours (%s). Sending "
         "is paused."},
    [STAFF_WORD_NO_ANSWER] = {"Le serveur d’envoi ne répond pas comme il faut (%s)",
                              "メールサーバーに接続できません（%s）",
                              "The mail relay does not answer as it should (%s)"},
    [STAFF_WORD_NO_LOGIN] =
        {"Le serveur d’envoi refuse notre identifiant ou notre mot de passe (%s)",
         "メールサーバーへのログインが拒否されました（%s）",
         "The mail relay refuses our user name or password (%s)"},
    [STAFF_WORD_REFUSES] = {"Le serveur d’envoi refuse nos messages (%s)",
                            "メールサーバーがメールの受け付けを拒否しています（%s）",
                            "The mail relay refuses our messages (%s)"},
    [STAFF_WORD_OTHER_RELAY] = {"En attendant, les messages partent par %s.",
                                "当面、メールは %s から送信されます。",
                                "Meanwhile messages leave through %s."},
    [STAFF_WORD_SENDING] = {"Les envois", "メールの送信", "Sending"},
    [STAFF_WORD_TEMPLATES] = {"Les modèles de messages", "メールのひな形", "The templates"},
    [STAFF_WORD_HOLD] =
        {"En attente de votre accord : %s. Oui : convier approve %s ; non : convier "
         "discard %s",
         "承認待ち：%s　承認：convier approve %s、破棄：convier discard %s",
         "Waits for your word: %s. Yes: convier approve %s; no: convier discard %s"},
    [STAFF_WORD_HOLD_UNTIL] =
        {"En attente de votre accord : %s. Oui : convier approve %s ; non : convier discard %s ; "
         "utile jusqu’au %s",
         "承認待ち：%s　承認：convier approve %s、破棄：convier discard %s、期限：%s",
         "Waits for your word: %s. Yes: convier approve %s; no: convier discard %s; useful until "
         "%s"},
    [STAFF_WORD_EXPIRING] =
        {"Sera abandonné le %s sans réponse : %s. Oui : convier approve %s ; non : convier discard "
         "%s",
         "ご回答がない場合は %s に取りやめます：%s　承認：convier approve %s、破棄：convier "
         "discard %s",
         "Will be dropped at %s without an answer: %s. Yes: convier approve %s; no: convier "
         "discard "
         "%s"},
    [STAFF_WORD_FLAWS] = {"À corriger dans %s (%s) : %s", "%s に修正箇所（%s件）：%s",
                          "To correct in %s (%s): %s"},
    [STAFF_WORD_TROUBLE] = {"Ne fonctionne pas : %s (%s)", "障害：%s（%s）",
                            "Does not work: %s (%s)"},
    [STAFF_WORD_WELL] = {"Rétabli : %s", "復旧：%s", "Working again: %s"},
    [STAFF_WORD_STOPPED] = {"Les envois ont été interrompus le %s : %s",
                            "送信が中断しました（%s から）：%s", "Sending stopped on %s: %s"},
    [STAFF_WORD_LATE] = {"Trop lent : « %s » : le dernier message partirait le %s, la rencontre "
                         "commence le %s",
                         "送信の遅れ：「%s」最後の送信は %s、開始は %s",
                         "Too slow: “%s”: the last message would leave %s, the event starts %s"},
    [STAFF_WORD_STUCK] = {"%s. %s", "%s。%s", "%s. %s"},
};

const char *staff_words(enum staff_word word, enum language language)
{
    return words[word][language];
}
