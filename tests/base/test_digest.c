/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include "check.h"

/* Computed by Python's hashlib and hmac. */
TEST(known_digests)
{
    static const struct {
        const char *title;
        struct text parts[2];
        size_t count;
        const char *want;
    } rows[] = {
        {"nothing", {{0}}, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"ab, c",
         {{"ab", 2}, {"c", 1}},
         2,
         "601d5476e2ccfe2c87a2bba7a322659734a05749d5b5aa781f513e4912db0d5f"},
        {"a, bc",
         {{"a", 1}, {"bc", 2}},
         2,
         "3fafa1cf2f19a7c1129beb20cf0983f73a489a221fc0dd2f16d1be292d089205"},
    };
    uint8_t digest[DIGEST_BYTES];
    char hex[2 * DIGEST_BYTES + 1];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        CHECK_INT(digest_parts(rows[i].parts, rows[i].count, digest), 0);
        digest_hex(digest, DIGEST_BYTES, hex);
        CHECK_STRING(hex, rows[i].want);
    }
    CHECK_ROW("keyed");
    CHECK_INT(digest_keyed(TEXT("key"), rows[1].parts, 2, digest), 0);
    digest_hex(digest, DIGEST_BYTES, hex);
    CHECK_STRING(hex, "c1a5dad8efc24b72164d672c0ffb7893241c837ff34e38edad42cdd73ee3f645");
}

TEST(base32)
{
    static const struct {
        size_t bytes;
        const char *want;
    } rows[] = {{0, ""},
                {1, "7e"},
                {2, "7d4q"},
                {3, "674ps"},
                {4, "6337r6i"},
                {5, "6x3pp6hz"},
                {10, "6dy7f47u6x3pp6hz"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[10];
        char got[17];
        for (size_t k = 0; k < rows[i].bytes; k++)
            bytes[k] = (uint8_t)(250 - rows[i].bytes + k);
        digest_base32(bytes, rows[i].bytes, got);
        CHECK_STRING(got, rows[i].want);
    }
}

TEST(random)
{
    uint8_t a[64] = {0}, b[64] = {0};
    CHECK_INT(digest_random(a, sizeof a), 0);
    CHECK_INT(digest_random(b, sizeof b), 0);
    CHECK(memcmp(a, b, sizeof a) != 0);
}

CHECK_MAIN
