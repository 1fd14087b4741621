/* SPDX-License-Identifier: MIT */
#include "model/contact.h"

#include "check.h"
#include "model/outcome.h"

TEST(finding_addresses)
{
    static const struct contact people[] = {
        {.email = "Maire@nancy.example"}, {.email = "a+b@x.example"},
        {.email = "a@x.example"},         {.email = "a@y.example"},
        {.email = "maire@nancy.example"},
    };
    static const struct contact *const items[] = {&people[0], &people[1], &people[2], &people[3],
                                                  &people[4]};
    static const struct contact_list list = {items, 5}, empty = {NULL, 0};
    static const struct {
        const char *email;
        size_t index;
    } rows[] = {
        {"a@x.example", 2},
        {"a@X.EXAMPLE", 2},
        {"a+b@x.example", 1},
        {"Maire@Nancy.example", 0},
        {"maire@NANCY.example", 4},
        {"A@x.example", 5},
        {"MAIRE@nancy.example", 5},
        {"", 5},
        {"a", 5},
        {"a@x.exampl", 5},
        {"a@x.examples", 5},
        {"\xFF@x.example", 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].email);
        CHECK_INT(contact_list_find(&list, rows[i].email), rows[i].index);
        CHECK_INT(contact_list_find(&empty, rows[i].email), 0);
    }
}

TEST(outcomes_in_words)
{
    CHECK_STRING(verdict_to_text(VERDICT_ACCEPTED), "accepted");
    CHECK_STRING(verdict_to_text(VERDICT_UNCERTAIN), "uncertain");
    CHECK_STRING(fault_to_text(FAULT_NONE), "none");
    CHECK_STRING(fault_to_text(FAULT_RELAY), "relay");
    CHECK_STRING(smtp_stage_to_text(STAGE_CONNECT), "connect");
    CHECK_STRING(smtp_stage_to_text(STAGE_DOT), "dot");
}

TEST(what_counts_against_a_limit)
{
    static const struct {
        const char *title;
        bool was_handed;
        struct outcome outcome;
    } rows[] = {
        {"taken", true, {VERDICT_ACCEPTED, FAULT_NONE, STAGE_DOT, 250}},
        {"greylisted", true, {VERDICT_DEFERRED, FAULT_RECIPIENT, STAGE_RCPT, 451}},
        {"no such mailbox", true, {VERDICT_REFUSED, FAULT_ADDRESS, STAGE_RCPT, 550}},
        {"lost after the dot", true, {VERDICT_UNCERTAIN, FAULT_RELAY, STAGE_DOT, 0}},
        {"lost before the dot", true, {VERDICT_DEFERRED, FAULT_RELAY, STAGE_BODY, 0}},
        {"no connection", false, {VERDICT_DEFERRED, FAULT_RELAY, STAGE_CONNECT, 0}},
        {"no login", false, {VERDICT_DEFERRED, FAULT_RELAY, STAGE_AUTH, 535}},
        {"not an address", false, {VERDICT_REFUSED, FAULT_ADDRESS, STAGE_RCPT, 0}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        CHECK_INT(outcome_was_handed(&rows[i].outcome), rows[i].was_handed);
    }
}

CHECK_MAIN
