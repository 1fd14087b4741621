/* SPDX-License-Identifier: MIT */
/* replay: drives a fuzz target without libFuzzer. Each file of the corpus folder is given whole,
 * cut short at many places and with bytes changed, always the same way; the target passes when it
 * neither crashes nor trips a sanitizer. Inputs are copies of their exact size, so that a byte read
 * beyond the end is seen.                                                                        */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SEED_BYTES_MAX = 1 << 22, CUTS = 64, BENDS = 128, BENT_BYTES_MAX = 1 << 16 };

static size_t runs;

static void run(const char *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    runs++;
}

static uint32_t next_random(uint32_t *state) /* xorshift */
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* A few bytes changed, each into one that parsers care about or into any. */
static void bend(struct buf *seed, uint32_t *random)
{
    static const char signs[] =
        "\0\n\r\t :;,\"\\=<>()[]{}@%#&+-./0123456789AZaz\x7F\x80\xC3\xE3\xFF";
    char kept[4];
    size_t at[4];
    for (int i = 0; i < 4; i++) {
        at[i] = next_random(random) % seed->size;
        kept[i] = seed->data[at[i]];
        seed->data[at[i]] = next_random(random) % 2 ? signs[next_random(random) % sizeof signs]
                                                    : (char)next_random(random);
    }
    run(seed->data, seed->size);
    for (int i = 3; i >= 0; i--)
        seed->data[at[i]] = kept[i];
}

static int run_seed(const char *path)
{
    CLEANUP_BUF struct buf seed = BUF_INIT(SEED_BYTES_MAX);
    uint32_t random = 2463534242u;
    int r = file_read(path, &seed);
    if (r) {
        fprintf(stderr, "%s: %s\n", path, strerror(-r));
        return 1;
    }
    run(seed.data, seed.size);
    if (seed.size == 0 || seed.size > BENT_BYTES_MAX)
        return 0;
    for (size_t i = 0; i < CUTS; i++)
        run(seed.data, seed.size * i / CUTS);
    for (size_t i = 0; i < BENDS; i++)
        bend(&seed, &random);
    return 0;
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    int failures = 0, seeds = 0;
    int count = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1;
    if (count < 0) {
        fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    run("", 0);
    for (int i = 0; i < count; i++) {
        char path[4096];
        if (entries[i]->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
            failures += run_seed(path);
            seeds++;
        }
        free(entries[i]);
    }
    free(entries);
    printf("%d seeds, %zu runs\n", seeds, runs);
    return failures || !seeds;
}
