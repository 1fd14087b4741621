/* SPDX-License-Identifier: MIT */
/* digest: SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), by libcrypto; nothing else of it.
 *
 * For identities and tokens, never for passwords.                                                */
#ifndef CONVIER_BASE_DIGEST_H
#define CONVIER_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { DIGEST_BYTES = 32 };

/* Hash of parts, each preceded by its length, so that ("ab","c") and ("a","bc") differ. */
int digest_parts(const struct text *parts, size_t count, uint8_t ret_digest[DIGEST_BYTES]);
/* The same as digest_parts of one part of that size, some bytes at a time. digest_close frees;
 * without ret_digest nobody asks any more. 0 or -ENOMEM.                                         */
struct digest;
int digest_open(size_t size, struct digest **ret);
int digest_add(struct digest *digest, struct text bytes);
int digest_close(struct digest *digest, uint8_t ret_digest[DIGEST_BYTES]);
int digest_keyed(struct text key, const struct text *parts, size_t count,
                 uint8_t ret_digest[DIGEST_BYTES]);

/* The first bytes of a digest as lower-case hex, or as base32 (RFC 4648, lower case, no padding),
 * which survives mail systems that fold the case of local parts. ret is NUL-terminated:
 * 2 × bytes + 1, or 8/5 × bytes (rounded up) + 1 characters. */
void digest_hex(const uint8_t *digest, size_t bytes, char *ret);
void digest_base32(const uint8_t *digest, size_t bytes, char *ret);

/* Fills with unpredictable bytes, for keys; 0 or -errno. */
int digest_random(uint8_t *ret, size_t bytes);

#endif
