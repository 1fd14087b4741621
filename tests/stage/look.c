/* SPDX-License-Identifier: MIT */
/* look: what staff may ask and say, and what a test reads afterwards. Nothing here counts as a
 * moment of fate: these are other programs beside the one on stage.                              */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "app/commands.h"
#include "base/file.h"
#include "stage/inside.h"

enum { WORDS_MAX = 40, LEDGER_BYTES_MAX = 1 << 30 };

/* --- commands -------------------------------------------------------------------------------- */

static const struct {
    enum command_id id;
    int (*run)(struct house *house);
    bool is_word; /* it changes the ledger, and the program is told */
} commands[] = {
    {COMMAND_PLAN, command_plan, false},
    {COMMAND_PREVIEW, command_preview, false},
    {COMMAND_WHY, command_why, false},
    {COMMAND_WHO, command_who, false},
    {COMMAND_STATUS, command_status, false},
    {COMMAND_HOLDS, command_holds, false},
    {COMMAND_APPROVE, command_approve, true},
    {COMMAND_DISCARD, command_discard, true},
    {COMMAND_PAUSE, command_pause, true},
    {COMMAND_RESUME, command_resume, true},
    {COMMAND_RETRY, command_retry, true},
    {COMMAND_SUPPRESS, command_suppress, true},
    {COMMAND_UNSUPPRESS, command_unsuppress, true},
    {COMMAND_SUPPRESSIONS, command_suppressions, false},
    {COMMAND_FORGET, command_forget, true},
    {COMMAND_NEWSLETTER, command_newsletter, true}, /* send */
};

/* Words between blanks; double quotes keep blanks together. */
static int split(struct arena *arena, const char *line, char *argv[WORDS_MAX])
{
    int count = 0;
    argv[count++] = arena_copy_string(arena, "convier");
    for (const char *c = line; *c && count < WORDS_MAX - 1;) {
        if (char_is_blank(*c)) {
            c++;
            continue;
        }
        const char *start = c + (*c == '"');
        const char *end = *c == '"' ? strchr(start, '"') : start + strcspn(start, " \t");
        if (!end)
            end = start + strlen(start);
        argv[count++] = arena_copy(arena, start, (size_t)(end - start));
        c = *end == '"' ? end + 1 : end;
    }
    argv[count] = NULL;
    return count;
}

static int run_command(struct stage *stage, const struct options *options, bool *ret_is_word)
{
    struct report report;
    struct house house;
    report_init(&report, stage->out, stage->out, options->is_json);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (commands[i].id != options->command->id)
            continue;
        int status = house_open(&house, options, &report);
        clock_freeze(&house.clock, stage->now);
        status = status ? status : commands[i].run(&house);
        house_close(&house);
        *ret_is_word = commands[i].is_word;
        return status;
    }
    report_problem(&report, NULL, "`%s` has no part on this stage", options->command->name);
    return EXIT_USAGE;
}

int stage_command(struct stage *stage, const char *line)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 24);
    const char *problem = NULL, *advice = NULL;
    char *argv[WORDS_MAX], config[STAGE_PATH_BYTES];
    struct options options;
    bool is_word = false;
    stage_must(arena != NULL, "memory");
    buf_clear(&stage->words);
    int argc = split(arena, line, argv);
    int r = options_parse(arena, argc, argv, &options, &problem, &advice);
    if (r) {
        buf_printf(&stage->words, "%s\n", problem ? problem : "no memory");
        return EXIT_USAGE;
    }
    options.config = stage_path(stage, "convier.cfg", config);
    unsigned counted = stage->fate.counted;
    stage->fate.counted = 0;
    int status = run_command(stage, &options, &is_word);
    stage->fate.counted = counted;
    if (is_word && stage->is_running) {
        turn_note(&stage->turn, TURN_WORD);
        stage->wants_turn = true;
    }
    return status;
}

const char *stage_words(const struct stage *stage)
{
    return stage->words.data ? stage->words.data : "";
}

const char *stage_log(const struct stage *stage)
{
    return stage->log.data ? stage->log.data : "";
}

/* --- the ledger ------------------------------------------------------------------------------ */

/* The running program's own, or one opened for the question; *ret_own: to be closed. */
static int open_ledger(struct stage *stage, struct ledger **ret, struct ledger **ret_own)
{
    char path[STAGE_PATH_BYTES];
    struct flaws flaws;
    *ret_own = NULL;
    if (stage->is_running) {
        *ret = stage->house.ledger;
        return 0;
    }
    flaws_init(&flaws, stage->arena, "ledger");
    int r = ledger_open(stage_path(stage, "state/ledger.db", path), LEDGER_COMMAND, stage->now,
                        &flaws, ret_own);
    *ret = *ret_own;
    return r;
}

enum question { NOTICES, LIFE, HOLDS, PAUSE };

static int ask(struct stage *stage, struct arena *arena, enum question question,
               const struct notice_filter *filter, int64_t notice, void *ret)
{
    struct ledger *ledger = NULL, *own = NULL;
    unsigned counted = stage->fate.counted;
    stage->fate.counted = 0;
    int r = open_ledger(stage, &ledger, &own);
    if (!r && question == NOTICES)
        r = ledger_notices(ledger, arena, filter, ret);
    else if (!r && question == LIFE)
        r = ledger_life(ledger, arena, notice, ret);
    else if (!r && question == HOLDS)
        r = ledger_holds(ledger, arena, ret);
    else if (!r)
        r = ledger_get(ledger, arena, "pause", ret);
    ledger_close(own);
    stage->fate.counted = counted;
    return r;
}

int stage_notices(struct stage *stage, struct arena *arena, const struct notice_filter *filter,
                  struct notices *ret)
{
    return ask(stage, arena, NOTICES, filter, 0, ret);
}

int stage_life(struct stage *stage, struct arena *arena, int64_t notice, struct notice_facts *ret)
{
    return ask(stage, arena, LIFE, NULL, notice, ret);
}

int stage_holds(struct stage *stage, struct arena *arena, struct holds *ret)
{
    return ask(stage, arena, HOLDS, NULL, 0, ret);
}

bool stage_is_paused(struct stage *stage)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    const char *reason = NULL;
    stage_must(arena && ask(stage, arena, PAUSE, NULL, 0, &reason) == 0, "the ledger's answer");
    return reason != NULL;
}

void stage_backup(struct stage *stage, const char *name)
{
    char path[STAGE_PATH_BYTES];
    struct ledger *ledger = NULL, *own = NULL;
    unsigned counted = stage->fate.counted;
    stage->fate.counted = 0;
    int r = open_ledger(stage, &ledger, &own);
    r = r ? r : ledger_backup(ledger, stage_path(stage, name, path));
    stage_must(r == 0, "a backup of the ledger");
    ledger_close(own);
    stage->fate.counted = counted;
}

void stage_restore(struct stage *stage, const char *name)
{
    char path[STAGE_PATH_BYTES];
    CLEANUP_BUF struct buf bytes = BUF_INIT(LEDGER_BYTES_MAX);
    stage_must(!stage->is_running, "it runs");
    stage_must(file_read(stage_path(stage, name, path), &bytes) == 0, name);
    (void)unlink(stage_path(stage, "state/ledger.db-wal", path));
    (void)unlink(stage_path(stage, "state/ledger.db-shm", path));
    stage_must(file_replace(stage_path(stage, "state/ledger.db", path), buf_text(&bytes), 0600) ==
                   0,
               "the ledger");
}

/* --- the mails ------------------------------------------------------------------------------- */

const struct mail *const *stage_mails(struct stage *stage, size_t *ret_count)
{
    *ret_count = stage->mails.count;
    return stage->mails.items;
}

static bool is_twin(const struct mail *a, const struct mail *b)
{
    return strcmp(a->message_id, b->message_id) == 0 &&
           strcmp(a->recipients[0], b->recipients[0]) == 0;
}

size_t stage_twins(struct stage *stage)
{
    size_t count = 0;
    for (size_t i = 0; i < stage->mails.count; i++) {
        bool was_there = false;
        for (size_t k = 0; k < i && !was_there; k++)
            was_there = is_twin(stage->mails.items[i], stage->mails.items[k]);
        count += was_there;
    }
    return count;
}

struct house *stage_house(struct stage *stage)
{
    return stage->is_running ? &stage->house : NULL;
}

struct turn *stage_turn(struct stage *stage)
{
    return stage->is_running ? &stage->turn : NULL;
}

uint64_t stage_turns(const struct stage *stage)
{
    return stage->turns;
}

size_t stage_kept_bytes(const struct stage *stage)
{
    size_t bytes = arena_bytes(stage->arena) + stage->log.size + stage->words.size;
    for (size_t i = 0; i < STAGE_SERVERS_MAX; i++)
        bytes += stage->servers[i] ? server_kept_bytes(stage->servers[i]) : 0;
    return bytes;
}
