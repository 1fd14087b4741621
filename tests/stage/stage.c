/* SPDX-License-Identifier: MIT */
/* The program on its stage: opened as app/commands_run opens it, driven as app/daemon drives it,
 * but with an event loop whose clock stands still until nothing is left to do.                   */
#include "stage/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/mailroom.h"
#include "base/file.h"
#include "base/log.h"
#include "stage/disk.h"
#include "stage/inside.h"
#include "stage/memory.h"

enum { WORDS_MAX = 64 << 20, IDLE_TURNS_MAX = 1000, FOLDERS_MAX = 8 };
static const int64_t stop_usec = 4500 * 1000; /* as the daemon's */
static const int64_t web_every_usec = 15 * USEC_PER_MIN;

bool memory_is_programs;

/* In the place of the system's random source: every new ledger has the same key. Bound to the
 * program's calls by the linker (--wrap).                                                        */
int __wrap_digest_random(uint8_t *ret, size_t bytes);
int __wrap_digest_random(uint8_t *ret, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ret[i] = (uint8_t)(i * 37 + 11);
    return 0;
}

void stage_must(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "stage: %s: %s\n", what, strerror(errno));
    abort();
}

const char *stage_path(const struct stage *stage, const char *name, char ret[STAGE_PATH_BYTES])
{
    int size = snprintf(ret, STAGE_PATH_BYTES, "%s/%s", stage->folder, name);
    stage_must(size > 0 && size < STAGE_PATH_BYTES, name);
    return ret;
}

/* --- words ----------------------------------------------------------------------------------- */

static ssize_t write_words(void *context, const char *data, size_t size)
{
    struct stage *stage = context;
    MEMORY_OF_STAGE;
    buf_add(&stage->words, data, size);
    return (ssize_t)size;
}

static void on_log(void *context, enum log_level level, const struct log_field *fields,
                   const char *line)
{
    struct stage *stage = context;
    char when[32];
    MEMORY_OF_STAGE;
    (void)fields;
    zone_format_rfc3339(zones_utc(stage->zones), stage->now, when);
    buf_printf(&stage->log, "%.16s %s\n", when, line);
    if (level <= LOG_LEVEL_WARNING)
        buf_printf(&stage->words, "%s\n", line);
}

/* --- the world ------------------------------------------------------------------------------- */

static void make_folder(struct stage *stage)
{
    const char *places[] = {getenv("TMPDIR"), "/dev/shm", "/tmp"};
    for (size_t i = 0; i < 3; i++) {
        if (string_is_empty(places[i]) || access(places[i], W_OK))
            continue;
        snprintf(stage->folder, sizeof stage->folder, "%s/convier-stage-XXXXXX", places[i]);
        if (mkdtemp(stage->folder))
            return;
    }
    stage_must(false, "a temporary folder");
}

struct stage *stage_new(struct instant start)
{
    static const cookie_io_functions_t writer = {.write = write_words};
    struct stage *stage = calloc(1, sizeof *stage);
    stage_must(stage != NULL, "memory");
    stage->now = start;
    stage->monotonic_usec = 1000 * (uint64_t)USEC_PER_SEC;
    stage->wake = INSTANT_NEVER;
    stage->arena = arena_new((size_t)4 << 30);
    stage->zones = zones_new(NULL);
    buf_init(&stage->words, WORDS_MAX);
    buf_init(&stage->log, WORDS_MAX);
    stage->out = fopencookie(stage, "w", writer);
    stage_must(stage->arena && stage->zones && stage->out, "memory");
    setvbuf(stage->out, NULL, _IONBF, 0);
    make_folder(stage);
    disk_install(&stage->fate);
    log_set_sink(on_log, stage);
    return stage;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

struct stage *stage_free(struct stage *stage)
{
    if (!stage)
        return NULL;
    if (stage->is_running)
        stage_kill(stage, false);
    log_set_sink(NULL, NULL);
    (void)nftw(stage->folder, remove_one, FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
    for (size_t i = 0; i < STAGE_SERVERS_MAX; i++)
        server_free(stage->servers[i]);
    fclose(stage->out);
    buf_done(&stage->words);
    buf_done(&stage->log);
    zones_free(stage->zones);
    arena_free(stage->arena);
    free(stage);
    return NULL;
}

struct instant stage_now(const struct stage *stage)
{
    return stage->now;
}

struct zones *stage_zones(struct stage *stage)
{
    return stage->zones;
}

const char *stage_folder(const struct stage *stage)
{
    return stage->folder;
}

static void set_clocks(struct stage *stage)
{
    if (!stage->is_running)
        return;
    clock_freeze(&stage->house.clock, stage->now);
    event_set_clocks(stage->event, stage->now, stage->monotonic_usec);
}

static void note(struct stage *stage, unsigned news)
{
    if (!stage->is_running)
        return;
    turn_note(&stage->turn, news);
    stage->wants_turn = true;
}

void stage_jump(struct stage *stage, int64_t usec)
{
    stage->now = instant_add(stage->now, usec);
    set_clocks(stage);
    note(stage, 0); /* as app/clock_watch does */
}

static bool has_key(struct text settings, const char *key)
{
    size_t size = strlen(key);
    while (settings.size) {
        struct text line = text_trim(text_next_line(&settings));
        if (text_starts(line, key) && line.size > size && strchr(" \t=:", line.data[size]))
            return true;
    }
    return false;
}

/* On the first line, so that flaws name the lines of the text that was given. */
static void add_missing_settings(struct text settings, struct buf *out)
{
    static const struct {
        const char *key, *other, *text;
    } defaults[] = {
        {"state", NULL, "state = \"state\"; "},
        {"organisation", NULL,
         "organisation: { name = \"Cités Unies France\"; address = \"9 rue Christiani, 75018 "
         "Paris\"; language = \"fr\"; zone = \"Europe/Paris\"; }; "},
        {"sender", NULL,
         "sender: { name = \"Groupe-pays Japon\"; address = \"japon@example.org\"; }; "},
        {"relay", "relays", "relay: { url = \"smtp://127.0.0.1:2525\"; tls = \"none\"; }; "},
        {"calendars", NULL, "calendars: ( { name = \"japon\"; source = \"japon.ics\"; } ); "},
        {"contacts", NULL, "contacts: ( { source = \"contacts.csv\"; } ); "},
    };
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        if (!has_key(settings, defaults[i].key) &&
            !(defaults[i].other && has_key(settings, defaults[i].other)))
            buf_add_string(out, defaults[i].text);
}

/* Each file gets a time of its own: two versions of the same size are told apart. */
static void write_file(struct stage *stage, const char *name, struct text bytes)
{
    char path[STAGE_PATH_BYTES], folder[STAGE_PATH_BYTES];
    stage_path(stage, name, path);
    for (char *slash = strchr(path + strlen(stage->folder) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        stage_must(mkdir(folder, 0700) == 0 || errno == EEXIST, folder);
    }
    stage_must(file_replace(path, bytes, 0600) == 0, path);
    struct timespec times[2] = {{.tv_sec = instant_sec(stage->now), .tv_nsec = ++stage->stamp},
                                {.tv_sec = instant_sec(stage->now), .tv_nsec = stage->stamp}};
    stage_must(utimensat(AT_FDCWD, path, times, 0) == 0, path);
}

void stage_put(struct stage *stage, const char *name, struct text bytes)
{
    CLEANUP_BUF struct buf whole = BUF_INIT(WORDS_MAX);
    bool is_settings = strcmp(name, "convier.cfg") == 0;
    if (is_settings)
        add_missing_settings(bytes, &whole);
    buf_add_text(&whole, bytes);
    write_file(stage, name, buf_text(&whole));
    if (!is_settings)
        note(stage, strncmp(name, "templates/", 10) == 0 ? TURN_TEMPLATES : TURN_SOURCES);
}

void stage_remove(struct stage *stage, const char *name)
{
    char path[STAGE_PATH_BYTES];
    (void)unlink(stage_path(stage, name, path)); /* it may be absent already */
    note(stage, TURN_SOURCES | TURN_TEMPLATES);
}

void stage_put_web(struct stage *stage, const char *url, struct text bytes)
{
    struct web_page *page = NULL;
    for (size_t i = 0; i < stage->web.count && !page; i++)
        if (strcmp(stage->web.items[i].url, url) == 0)
            page = &stage->web.items[i];
    if (!page)
        page = list_add(stage->arena, &stage->web);
    stage_must(page != NULL, "memory");
    page->url = arena_copy_string(stage->arena, url);
    page->etag = arena_printf(stage->arena, "\"%ld\"", ++stage->stamp);
    page->bytes =
        (struct text){bytes.data ? arena_copy_text(stage->arena, bytes) : NULL, bytes.size};
}

static void on_mail(void *context, const struct mail *mail)
{
    struct stage *stage = context;
    const struct mail **slot = list_add(stage->arena, &stage->mails);
    stage_must(slot != NULL, "memory");
    *slot = mail;
}

struct server *stage_server(struct stage *stage, size_t number)
{
    stage_must(number < STAGE_SERVERS_MAX, "so many relays");
    if (!stage->servers[number]) {
        stage->servers[number] = server_new(number, &stage->fate);
        server_on_mail(stage->servers[number], on_mail, stage);
    }
    return stage->servers[number];
}

static struct server *find_server(void *context, const struct relay_settings *settings)
{
    struct stage *stage = context;
    return stage_server(stage, (size_t)(settings - stage->house.settings->relays));
}

struct fate *stage_fate(struct stage *stage)
{
    return &stage->fate;
}

void stage_set_disk(struct stage *stage, enum stage_disk disk)
{
    static const enum disk_state states[] = {
        [DISK_SOUND] = DISK_IS_SOUND, [DISK_FULL] = DISK_IS_FULL, [DISK_BROKEN] = DISK_IS_BROKEN};
    (void)stage;
    disk_set(states[disk]);
}

/* --- the program: start and end -------------------------------------------------------------- */

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct stage *stage = context;
    turn_note_outcome(&stage->turn, token, outcome, stage->now);
    stage->wants_turn = true;
    stage->idle_turns = 0;
}

static void on_room(void *context)
{
    struct stage *stage = context;
    stage->wants_turn |= conductor_has_room(stage->house.conductor, stage->now);
}

static void on_fallback(void *context, const struct relay_settings *from,
                        const struct relay_settings *to, const struct outcome *why)
{
    struct stage *stage = context;
    mailroom_note_fallback(&stage->house, from, to, why);
}

static void on_rest(void *context, const struct relay_settings *settings, struct instant until,
                    const struct outcome *why)
{
    struct stage *stage = context;
    mailroom_note_rest(&stage->house, settings, until, why);
}

static bool is_slice_spent(void *context)
{
    struct stage *stage = context;
    return ++stage->asked >= stage->slice_asks;
}

void stage_set_slices(struct stage *stage, unsigned asks)
{
    stage->slice_asks = asks;
}

/* In the order of app/commands_run and app/daemon. */
static int open_program(struct stage *stage)
{
    struct house *house = &stage->house;
    MEMORY_OF_PROGRAM;
    const struct relay_callbacks callbacks = {.context = stage,
                                              .on_outcome = on_outcome,
                                              .on_room = on_room,
                                              .on_fallback = on_fallback,
                                              .on_rest = on_rest};
    int status = house_open(house, &stage->options, &stage->report);
    clock_freeze(&house->clock, stage->now);
    status = status ? status : house_load_settings(house);
    status = status ? status : house_open_ledger(house, LEDGER_DAEMON);
    status = status ? status : house_read_sources(house, false, true);
    if (!status && house_load_templates(house) == EXIT_SYSTEM)
        status = EXIT_SYSTEM;
    if (status)
        return status;
    for (size_t i = 0; i < house->template_flaws.count; i++)
        buf_printf(&stage->words, "%s\n", house->template_flaws.items[i].text);
    turn_init(&stage->turn, house);
    if (stage->slice_asks)
        stage->turn.budget = (struct budget){is_slice_spent, stage};
    int r = mailroom_open(house, stage->event, &callbacks, &stage->relays);
    struct courier courier = mailroom_courier(&stage->relays);
    r = r ? r : turn_open(&stage->turn, &courier);
    return r == 0 ? EXIT_YES : r == -ECANCELED ? EXIT_SYSTEM : house_failed(house, "start", r);
}

static void close_program(struct stage *stage)
{
    MEMORY_OF_PROGRAM;
    relays_close(stage->relays);
    if (stage->house.conductor)
        (void)conductor_flush(stage->house.conductor); /* the next start settles what is left */
    house_close(&stage->house);
    sd_event_unref(stage->event);
    stage->relays = NULL;
    stage->event = NULL;
    stage->is_running = stage->wants_turn = false;
    stage->wake = INSTANT_NEVER;
}

int stage_start(struct stage *stage)
{
    char config[STAGE_PATH_BYTES];
    stage_must(!stage->is_running, "it runs already");
    buf_clear(&stage->words);
    stage->options = (struct options){
        .config = arena_copy_string(stage->arena, stage_path(stage, "convier.cfg", config)),
        .has_config = true};
    report_init(&stage->report, stage->out, stage->out, false);
    server_set_finder(find_server, stage);
    stage_must(sd_event_new(&stage->event) >= 0, "memory");
    event_set_clocks(stage->event, stage->now, stage->monotonic_usec);
    stage->idle_turns = 0;
    int status = open_program(stage);
    stage->is_running = true;
    if (status) {
        bool has_died = stage->fate.is_dead;
        stage_kill(stage, has_died && stage->fate.cuts_power);
        return has_died ? STAGE_DIED : status;
    }
    stage->wants_turn = true;
    return EXIT_YES;
}

void stage_kill(struct stage *stage, bool is_power_cut)
{
    char path[STAGE_PATH_BYTES];
    stage->fate.is_dead = true;
    if (stage->is_running)
        close_program(stage);
    stage->fate.is_dead = false;
    if (!is_power_cut)
        return;
    disk_cut_power();
    (void)unlink(stage_path(stage, "state/ledger.db-shm", path)); /* memory, not disk */
}

bool stage_is_running(const struct stage *stage)
{
    return stage->is_running;
}

/* --- the program: turns ---------------------------------------------------------------------- */

static const struct web_page *find_page(const struct stage *stage, const char *url)
{
    for (size_t i = 0; i < stage->web.count; i++)
        if (strcmp(stage->web.items[i].url, url) == 0)
            return &stage->web.items[i];
    return NULL;
}

static struct instant page_due(const struct source *source)
{
    int64_t every = source->every_usec ? source->every_usec : web_every_usec;
    if (source->tried.utc_usec == INSTANT_UNSET.utc_usec)
        return INSTANT_UNSET;
    return instant_add(source->tried, every);
}

/* What app/fetcher does, with nothing in between. */
static void fetch(struct stage *stage)
{
    struct sources *sources = stage->house.sources;
    MEMORY_OF_STAGE;
    for (size_t i = 0; i < sources_count(sources); i++) {
        const struct source *source = sources_at(sources, i);
        if (!source->is_remote || source->is_coming || instant_before(stage->now, page_due(source)))
            continue;
        const struct web_page *page = find_page(stage, source->location);
        CLEANUP_BUF struct buf bytes = BUF_INIT(SIZE_MAX / 2);
        int r = 0;
        if (!page || !page->bytes.data)
            r = sources_failed(sources, i, "could not connect", stage->now);
        else if (string_equal(source->etag, page->etag)) /* 304 */
            sources_unchanged(sources, i, stage->now);
        else
            buf_add_text(&bytes, page->bytes);
        if (bytes.size)
            r = sources_offer(sources, i, &bytes, page->etag, NULL);
        stage_must(r == 0, "memory");
        turn_note_reading(&stage->turn, stage->now);
    }
}

struct instant stage_next_fetch(const struct stage *stage)
{
    struct instant next = INSTANT_NEVER;
    const struct sources *sources = stage->house.sources;
    for (size_t i = 0; stage->is_running && i < sources_count(sources); i++)
        if (sources_at(sources, i)->is_remote)
            next = instant_min(next, page_due(sources_at(sources, i)));
    return next;
}

static void set_wake(struct stage *stage)
{
    struct instant room = relays_next_room(stage->relays);
    stage->wake = turn_next(&stage->turn, stage->now);
    if (turn_is_resting(&stage->turn, stage->now))
        return;
    if (room.utc_usec != INSTANT_UNSET.utc_usec)
        stage->wake = instant_min(stage->wake, room);
    stage->wake = instant_min(stage->wake, stage_next_fetch(stage));
}

static void take_turn(struct stage *stage)
{
    stage->wants_turn = false;
    stage->idle_turns++;
    if (!turn_is_resting(&stage->turn, stage->now)) {
        stage->turns++;
        stage->asked = 0;
        fetch(stage);
        (void)turn_run(&stage->turn, stage->now); /* it logs, and rests */
        stage->wants_turn = stage->turn.is_wanted_again;
    }
    set_wake(stage);
}

/* One thing that is to be done now; false: all is quiet. */
static bool step(struct stage *stage)
{
    MEMORY_OF_PROGRAM;
    if (event_dispatch(stage->event))
        return true;
    if (!instant_before(stage->now, stage->wake)) {
        stage->wake = INSTANT_NEVER;
        note(stage, 0);
    }
    if (!stage->wants_turn)
        return false;
    take_turn(stage);
    return true;
}

struct instant stage_next(const struct stage *stage)
{
    if (!stage->is_running)
        return INSTANT_NEVER;
    int64_t wait = event_wait(stage->event);
    struct instant next = stage->wants_turn ? stage->now : stage->wake;
    return wait < 0 ? next : instant_min(next, instant_add(stage->now, wait));
}

static void advance(struct stage *stage, struct instant to)
{
    if (instant_before(to, stage->now))
        return;
    stage->monotonic_usec += (uint64_t)instant_diff(to, stage->now);
    stage->now = to;
    stage->idle_turns = 0;
    set_clocks(stage);
}

/* Does everything that is to be done at this moment. */
static bool settle(struct stage *stage)
{
    while (step(stage)) {
        if (stage->fate.is_dead) {
            stage_kill(stage, stage->fate.cuts_power);
            return false;
        }
        if (stage->idle_turns > IDLE_TURNS_MAX) {
            buf_add_string(&stage->words, "the program does not come to rest\n");
            return false;
        }
    }
    return true;
}

bool stage_run(struct stage *stage, struct instant until)
{
    while (stage->is_running) {
        if (!settle(stage))
            return false;
        struct instant next = stage_next(stage);
        if (instant_before(until, next))
            break;
        advance(stage, next);
    }
    advance(stage, until);
    return true;
}

void stage_stop(struct stage *stage)
{
    if (!stage->is_running)
        return;
    struct instant until = instant_add(stage->now, stop_usec);
    struct conductor *conductor = stage->house.conductor;
    MEMORY_OF_PROGRAM;
    conductor_stop(conductor);
    relays_recall(stage->relays);
    relays_drain(stage->relays);
    while (conductor_in_hand(conductor) && !stage->fate.is_dead) {
        if (event_dispatch(stage->event))
            continue;
        int64_t wait = event_wait(stage->event);
        if (wait < 0 || instant_before(until, instant_add(stage->now, wait)))
            break;
        advance(stage, instant_add(stage->now, wait));
    }
    if (stage->fate.is_dead)
        stage_kill(stage, stage->fate.cuts_power);
    else
        close_program(stage);
    stage->fate.is_dead = false; /* it may have died of its very last write */
}

int stage_reload(struct stage *stage)
{
    stage_stop(stage);
    return stage_start(stage);
}
