/* SPDX-License-Identifier: MIT */
#include "compose/held.h"

#include "check.h"
#include "compose/transfer.h"

#define NAME  "\xF4\x8F\xBC\x83"
#define GIVEN "\xF4\x8F\xBC\x84"

/* What is encoded once for all must be what each would have got alone. */
TEST(html_is_encoded_as_if_it_were_one_reader_s)
{
    static const char *const rows[] = {
        "",
        "<p>\n",
        "<p>no end of line",
        "a\r\nb\r\n\r\n",
        "<p a=\"b\">" NAME "</p>\n<p>\xC3\xA9</p>\n",
        NAME,
        NAME "\n",
        NAME "\r\n" GIVEN "\r",
        "\n\n" GIVEN "\n\nFrom here\n" NAME " \n.\n",
        "a long line, longer than a line of quoted-printable may be, to " NAME
        ", and so on \xE2\x80\x93",
        "a control \x01 in a line\nand \x01 with " NAME "\n",
    };
    static const char *const names[] = {"",           "Anne",   "Jean <jean@example.org>",
                                        "two\nlines", "end \n", "x\r"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            CLEANUP_BUF struct buf encoded = BUF_INIT(10000), got = BUF_INIT(10000),
                                   filled = BUF_INIT(10000), want = BUF_INIT(10000);
            const struct personal personal = {
                .words = {[PERSONAL_NAME] = names[k], [PERSONAL_GIVEN] = "x"}};
            CHECK_ROW(rows[i]);
            held_encode(&encoded, text_of(rows[i]));
            held_release_encoded(&got, buf_text(&encoded), &personal);
            personal_fill_html(&filled, text_of(rows[i]), &personal);
            transfer_text(&want, TRANSFER_QUOTED_PRINTABLE, buf_text(&filled));
            CHECK_STRING(buf_text(&got).data, buf_text(&want).data);
        }
}

TEST(holes_are_those_of_the_rows)
{
    CHECK_STRING(personal_hole(PERSONAL_NAME), NAME);
    CHECK_STRING(personal_hole(PERSONAL_GIVEN), GIVEN);
}

CHECK_MAIN
