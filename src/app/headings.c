/* SPDX-License-Identifier: MIT */
#include "app/headings.h"

#include <assert.h>

/* Columns: fr, ja, en, as enum language. '>': see report_table_init. */
static const char *const words[HEADING_COUNT][LANGUAGE_COUNT] = {
    [HEADING_ADDRESS] = {"ADRESSE", "アドレス", "ADDRESS"},
    [HEADING_CONTACT] = {"CONTACT", "連絡先", "CONTACT"},
    [HEADING_CONTACTS] = {">CONTACTS", ">連絡先数", ">CONTACTS"},
    [HEADING_CREATED] = {"CRÉÉ LE", "保留日時", "CREATED"},
    [HEADING_DUE] = {"PRÉVU LE", "予定", "DUE"},
    [HEADING_EMAIL] = {"ADRESSE", "アドレス", "EMAIL"},
    [HEADING_END] = {"FIN", "終了", "END"},
    [HEADING_EVENT] = {"ÉVÉNEMENT", "行事", "EVENT"},
    [HEADING_EVENTS] = {">ÉVÉNEMENTS", ">行事数", ">EVENTS"},
    [HEADING_EXPIRES] = {"EXPIRE LE", "期限", "EXPIRES"},
    [HEADING_FIRST_MAIL] = {"PREMIER ENVOI", "最初の送信", "FIRST MAIL"},
    [HEADING_GROUPS] = {"GROUPES", "グループ", "GROUPS"},
    [HEADING_HOLD] = {">N°", ">番号", ">ID"},
    [HEADING_ISSUE] = {"NUMÉRO", "号", "ISSUE"},
    [HEADING_KIND] = {"TYPE", "種類", "KIND"},
    [HEADING_LANGUAGE] = {"LANGUE", "言語", "LANGUAGE"},
    [HEADING_MESSAGES] = {">MESSAGES", ">通数", ">MESSAGES"},
    [HEADING_NEWSLETTER] = {"NOM", "名称", "NAME"},
    [HEADING_ORGANISATION] = {"ORGANISATION", "所属", "ORGANISATION"},
    [HEADING_PERSON] = {"NOM", "氏名", "NAME"},
    [HEADING_PLACE] = {"LIEU", "会場", "PLACE"},
    [HEADING_READERS] = {">LECTEURS", ">読者数", ">READERS"},
    [HEADING_REPLY] = {"RÉPONSE", "応答", "REPLY"},
    [HEADING_SENT] = {"PARTI LE", "送信日時", "SENT"},
    [HEADING_SINCE] = {"DEPUIS LE", "登録日時", "SINCE"},
    [HEADING_START] = {"DÉBUT", "開始", "START"},
    [HEADING_STATE] = {"ÉTAT", "状態", "STATE"},
    [HEADING_STATUS] = {"ÉTAT", "状態", "STATUS"},
    [HEADING_TITLE] = {"TITRE", "題名", "TITLE"},
    [HEADING_TOGETHER] = {"DANS UN MÊME COURRIEL AVEC", "同じメールで送信", "IN ONE MAIL WITH"},
    [HEADING_WHY] = {"MOTIF", "理由", "WHY"},
    [HEADING_WORDS] = {"PRÉCISIONS", "詳細", "WORDS"},
    [HEADING_ZONE] = {"FUSEAU", "時間帯", "ZONE"},
};

void headings_begin(struct report_table *table, struct arena *arena, enum language language,
                    const enum heading *headings, size_t count)
{
    const char *heads[REPORT_COLUMNS_MAX];
    assert(count <= REPORT_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++)
        heads[i] = words[headings[i]][language];
    report_table_init(table, arena, heads, count);
}
