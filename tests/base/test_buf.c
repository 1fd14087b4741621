/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <errno.h>

#include "check.h"

TEST(adding)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(1000);
    CHECK(text_is(buf_text(&buf), ""));
    buf_add_string(&buf, "été");
    buf_add_string(&buf, NULL);
    buf_add_char(&buf, ' ');
    buf_add_rune(&buf, 0x9AD9);
    buf_printf(&buf, " %d", 42);
    buf_add_text(&buf, (struct text){NULL, 0});
    CHECK_STRING(buf.data, "été 髙 42");
    buf_drop_front(&buf, strlen("été "));
    CHECK_STRING(buf.data, "髙 42");
    buf_truncate(&buf, 3);
    CHECK_STRING(buf.data, "髙");
    buf_truncate(&buf, 100);
    CHECK_STRING(buf.data, "髙");
    buf_drop_front(&buf, 100);
    CHECK_STRING(buf.data, "");
    CHECK_INT(buf_error(&buf), 0);
}

TEST(the_first_refusal_is_remembered)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(10);
    buf_add_string(&buf, "0123456789");
    CHECK_INT(buf_error(&buf), 0);
    buf_add_char(&buf, 'x');
    CHECK_INT(buf_error(&buf), -EFBIG);
    buf_truncate(&buf, 2);
    buf_add_char(&buf, 'x'); /* room there would be, but something is missing already */
    buf_printf(&buf, "%d", 1);
    CHECK_STRING(buf.data, "01");
    CHECK(!buf_reserve(&buf, 1));
    buf_clear(&buf);
    CHECK_INT(buf_error(&buf), 0);
    buf_add_string(&buf, "ok");
    CHECK_STRING(buf.data, "ok");
    CHECK(!buf_reserve(&buf, SIZE_MAX));
    CHECK_INT(buf_error(&buf), -EFBIG);
}

TEST(growth)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(1 << 20);
    for (int i = 0; i < 1 << 20; i++)
        buf_add_char(&buf, (char)('a' + i % 26));
    CHECK_INT(buf_error(&buf), 0);
    CHECK_INT(buf.size, 1 << 20);
    bool is_right = true;
    for (int i = 0; i < 1 << 20; i++)
        is_right &= buf.data[i] == (char)('a' + i % 26);
    CHECK(is_right);
    buf_add_char(&buf, '.');
    CHECK_INT(buf_error(&buf), -EFBIG);
}

TEST(spending)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(1 << 22);
    enum { ALL = 1 << 20, SPENT = 700001 };
    buf_spend(&buf, 0);
    for (int i = 0; i < ALL; i++)
        buf_add_char(&buf, (char)('a' + i % 26));
    for (size_t spent = 0; spent < SPENT; spent += 1234)
        buf_spend(&buf, spent);
    bool is_right = true;
    for (int i = SPENT; i < ALL; i++)
        is_right &= buf.data[i] == (char)('a' + i % 26);
    CHECK(is_right);
    CHECK(!buf.data[SPENT / 2]); /* the system has it back */
}

CHECK_MAIN
