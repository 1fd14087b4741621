/* SPDX-License-Identifier: MIT */
#include "compose/selfcheck.h"

#include "check.h"

#define GOOD_HEAD                                                                                  \
    "Date: x\r\nFrom: x\r\nTo: x\r\nReply-To: x\r\nSubject: x\r\nMessage-ID: x\r\n"                \
    "MIME-Version: 1.0\r\n"
#define TYPE_WITHIN "Content-Type: multipart/alternative;\r\n boundary=\"=_a1\"\r\n\r\n"
#define TYPE        "Content-Type: multipart/mixed;\r\n boundary=\"=_m1\"\r\n\r\n"

TEST(messages)
{
    static const struct {
        const char *title, *bytes;
        bool is_sound;
    } rows[] = {
        {"sound", GOOD_HEAD TYPE "--=_m1\r\n\r\nx\r\n--=_m1--\r\n", true},
        {"never closed", GOOD_HEAD TYPE "--=_m1\r\n\r\nx\r\n", false},
        {"a part within",
         GOOD_HEAD TYPE "--=_m1\r\n" TYPE_WITHIN "--=_a1\r\n\r\nx\r\n--=_a1--\r\n--=_m1--\r\n",
         true},
        {"a part within never closed",
         GOOD_HEAD TYPE "--=_m1\r\n" TYPE_WITHIN "--=_a1\r\n\r\nx\r\n--=_m1--\r\n", false},
        {"words about a boundary", GOOD_HEAD TYPE "--=_m1\r\n\r\n boundary=\"x\"\r\n--=_m1--\r\n",
         true},
        {"tabs", GOOD_HEAD "Content-Type: t\r\n\r\n\ta\t\tb\t\r\n", true},
        {"8-bit", GOOD_HEAD "Content-Type: t\r\n\r\n\xC3\xA9\r\n", false},
        {"bare LF", GOOD_HEAD "Content-Type: t\r\n\r\na\nb\r\n", false},
        {"bare CR", GOOD_HEAD "Content-Type: t\r\n\r\na\rb\r\n", false},
        {"control", GOOD_HEAD "Content-Type: t\r\n\r\na\x01\r\n", false},
        {"no last line end", GOOD_HEAD "Content-Type: t\r\n\r\na", false},
        {"missing field", GOOD_HEAD "\r\nx\r\n", false},
        {"field twice", GOOD_HEAD "Content-Type: t\r\nto: y\r\n\r\nx\r\n", false},
        {"no colon", GOOD_HEAD "Content-Type: t\r\nhello\r\n\r\nx\r\n", false},
        {"blank in a name", GOOD_HEAD "Content-Type: t\r\nX Y: z\r\n\r\nx\r\n", false},
        {"begins with a blank", " x\r\n" GOOD_HEAD "Content-Type: t\r\n\r\nx\r\n", false},
        {"no body", GOOD_HEAD "Content-Type: t\r\n", false},
        {"empty", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        CHECK((selfcheck_message(text_of(rows[i].bytes)) == NULL) == rows[i].is_sound);
    }
    CHECK_ROW("NUL");
    CHECK(selfcheck_message(TEXT(GOOD_HEAD "Content-Type: t\r\n\r\na\0b\r\n")) != NULL);
}

TEST(a_line_of_998_is_the_longest)
{
    static char bytes[2000];
    for (int size = 998; size <= 999; size++) {
        int head = snprintf(bytes, sizeof bytes, "%s", GOOD_HEAD "Content-Type: t\r\n\r\n");
        memset(bytes + head, 'a', (size_t)size);
        memcpy(bytes + head + size, "\r\n", 3);
        CHECK((selfcheck_message(text_of(bytes)) == NULL) == (size == 998));
    }
}

CHECK_MAIN
