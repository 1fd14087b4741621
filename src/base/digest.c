/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

static void length_prefix(size_t size, uint8_t ret[8])
{
    for (int i = 0; i < 8; i++)
        ret[i] = (uint8_t)(size >> (8 * (7 - i)));
}

/* Nothing but memory can fail here. What OpenSSL noted about it must not wait in this thread's
 * queue: whoever makes the next TLS connection would find it there and believe it its own.       */
static int refused(void)
{
    ERR_clear_error();
    return -ENOMEM;
}

int digest_parts(const struct text *parts, size_t count, uint8_t ret_digest[DIGEST_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int ok = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    for (size_t i = 0; ok && i < count; i++) {
        uint8_t prefix[8];
        length_prefix(parts[i].size, prefix);
        ok = EVP_DigestUpdate(context, prefix, sizeof prefix) &&
             EVP_DigestUpdate(context, parts[i].data, parts[i].size);
    }
    ok = ok && EVP_DigestFinal_ex(context, ret_digest, NULL);
    EVP_MD_CTX_free(context);
    return ok ? 0 : refused();
}

int digest_keyed(struct text key, const struct text *parts, size_t count,
                 uint8_t ret_digest[DIGEST_BYTES])
{
    /* HMAC over the digest of the parts: one shot, and the parts stay unambiguous. */
    uint8_t inner[DIGEST_BYTES];
    int r = digest_parts(parts, count, inner);
    if (r)
        return r;
    unsigned size = DIGEST_BYTES;
    return HMAC(EVP_sha256(), key.data, (int)key.size, inner, sizeof inner, ret_digest, &size)
               ? 0
               : refused();
}

void digest_hex(const uint8_t *digest, size_t bytes, char *ret)
{
    static const char alphabet[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes; i++) {
        *ret++ = alphabet[digest[i] >> 4];
        *ret++ = alphabet[digest[i] & 15];
    }
    *ret = '\0';
}

void digest_base32(const uint8_t *digest, size_t bytes, char *ret)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned window = 0, bits = 0;
    for (size_t i = 0; i < bytes; i++) {
        window = window << 8 | digest[i];
        for (bits += 8; bits >= 5; bits -= 5)
            *ret++ = alphabet[window >> (bits - 5) & 31];
    }
    if (bits)
        *ret++ = alphabet[window << (5 - bits) & 31];
    *ret = '\0';
}

int digest_random(uint8_t *ret, size_t bytes)
{
    while (bytes) {
        ssize_t n = getrandom(ret, bytes, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        ret += n;
        bytes -= (size_t)n;
    }
    return 0;
}
