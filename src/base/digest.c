/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

enum { BLOCK_BYTES = 64 }; /* of SHA-256 */

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

/* Looked up once: asking for it by name at each use costs more than the hash of a short text. */
static const EVP_MD *sha256(void)
{
    static EVP_MD *fetched;
    if (!fetched)
        fetched = EVP_MD_fetch(NULL, "SHA256", NULL);
    return fetched;
}

static bool begin_part(EVP_MD_CTX *context, size_t size)
{
    uint8_t prefix[8];
    length_prefix(size, prefix);
    return EVP_DigestUpdate(context, prefix, sizeof prefix);
}

int digest_parts(const struct text *parts, size_t count, uint8_t ret_digest[DIGEST_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int ok = context && EVP_DigestInit_ex(context, sha256(), NULL);
    for (size_t i = 0; ok && i < count; i++)
        ok = begin_part(context, parts[i].size) &&
             EVP_DigestUpdate(context, parts[i].data, parts[i].size);
    ok = ok && EVP_DigestFinal_ex(context, ret_digest, NULL);
    EVP_MD_CTX_free(context);
    return ok ? 0 : refused();
}

/* An EVP_MD_CTX under the house's own name. */
int digest_open(size_t size, struct digest **ret)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || !EVP_DigestInit_ex(context, sha256(), NULL) || !begin_part(context, size)) {
        EVP_MD_CTX_free(context);
        return refused();
    }
    *ret = (struct digest *)context;
    return 0;
}

int digest_add(struct digest *digest, struct text bytes)
{
    return EVP_DigestUpdate((EVP_MD_CTX *)digest, bytes.data, bytes.size) ? 0 : refused();
}

int digest_close(struct digest *digest, uint8_t ret_digest[DIGEST_BYTES])
{
    EVP_MD_CTX *context = (EVP_MD_CTX *)digest;
    bool is_done = !ret_digest || EVP_DigestFinal_ex(context, ret_digest, NULL);
    EVP_MD_CTX_free(context);
    return is_done ? 0 : refused();
}

static bool digest_two(EVP_MD_CTX *context, const uint8_t pad[BLOCK_BYTES], const uint8_t *data,
                       size_t size, uint8_t ret[DIGEST_BYTES])
{
    return EVP_DigestInit_ex(context, sha256(), NULL) &&
           EVP_DigestUpdate(context, pad, BLOCK_BYTES) && EVP_DigestUpdate(context, data, size) &&
           EVP_DigestFinal_ex(context, ret, NULL);
}

/* RFC 2104 in its own words: libcrypto's HMAC fetches its parts anew at each call, which takes
 * longer than the work.                                                                          */
static int keyed(struct text key, const uint8_t *data, size_t size, uint8_t ret[DIGEST_BYTES])
{
    uint8_t inner[BLOCK_BYTES] = {0}, outer[BLOCK_BYTES];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_done = context != NULL;
    if (key.size > BLOCK_BYTES)
        is_done = is_done && EVP_DigestInit_ex(context, sha256(), NULL) &&
                  EVP_DigestUpdate(context, key.data, key.size) &&
                  EVP_DigestFinal_ex(context, inner, NULL);
    else if (key.size)
        memcpy(inner, key.data, key.size);
    for (size_t i = 0; i < BLOCK_BYTES; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    is_done = is_done && digest_two(context, inner, data, size, ret) &&
              digest_two(context, outer, ret, DIGEST_BYTES, ret);
    EVP_MD_CTX_free(context);
    explicit_bzero(inner, sizeof inner);
    explicit_bzero(outer, sizeof outer);
    return is_done ? 0 : refused();
}

int digest_keyed(struct text key, const struct text *parts, size_t count,
                 uint8_t ret_digest[DIGEST_BYTES])
{
    /* HMAC over the digest of the parts, which stay unambiguous. */
    uint8_t inner[DIGEST_BYTES];
    int r = digest_parts(parts, count, inner);
    if (r)
        return r;
    return keyed(key, inner, sizeof inner, ret_digest);
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
