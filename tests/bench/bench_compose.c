/* room: compose */
/* SPDX-License-Identifier: MIT */
/* How long does one personal message take within a campaign? Text, HTML, iTIP part and attachment,
 * three languages in turn. Prints µs of CPU a message, the size, and memory growth over the run.
 *
 * usage: bench_compose [MESSAGES]; bench_compose_peer.py does the same with Python's email. */
#include <malloc.h>
#include <time.h>

#include "../compose/fixture.h"

static double cpu_sec(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* About what calendar/itip writes. */
static struct text calendar_bytes(struct fixture *f)
{
    struct buf out = BUF_INIT(1 << 16);
    buf_add_string(&out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\n");
    while (out.size < 1400)
        buf_add_string(&out, "DESCRIPTION:Ordre du jour : bilan de l’année, Rencontres 2028\r\n");
    buf_add_string(&out, "END:VCALENDAR\r\n");
    struct text text = {arena_copy_text(f->arena, buf_text(&out)), out.size};
    buf_done(&out);
    return text;
}

int main(int argc, char **argv)
{
    int64_t messages = 20000;
    if (argc > 1 && !text_number(text_of(argv[1]), 1, 100 * 1000 * 1000, &messages))
        return 2;
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    if (fixture_compile(&f))
        return 1;
    struct event event = {
        .uid = "u",
        .summary = {.any = "Réunion du groupe-pays Japon",
                    .in = {[LANGUAGE_JA] = "日本グループ会議"}},
        .location = {.any = "Hôtel de Ville, salle Anatole-France, Tours"},
        .description = {.any = "Ordre du jour :\n- bilan de l’année\n- Rencontres 2028\n"
                               "Dossier : https://www.example.org/dossier"},
        .link = "https://visio.example.org/gpj"};
    struct occurrence occurrence = {.key = "u",
                                    .when =
                                        fixture_timed(&f, "2026-10-05T14:00:00+02:00",
                                                      "2026-10-05T16:30:00+02:00", "Europe/Paris"),
                                    .event = &event};
    struct facts facts;
    if (facts_of(f.arena, &occurrence, &facts))
        return 1;
    struct text calendar = calendar_bytes(&f);
    struct contact contacts[LANGUAGE_COUNT];
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        contacts[i] = fixture_contact(&f, (enum language)i);

    struct arena *arena = arena_new(16 << 20);
    struct buf out = BUF_INIT(1 << 20);
    size_t bytes = 0;
    struct mallinfo2 warm = {0};
    double start = cpu_sec();
    for (int64_t i = 0; i < messages; i++) {
        char email[64];
        struct contact contact = contacts[i % LANGUAGE_COUNT];
        struct message message;
        snprintf(email, sizeof email, "reader-%lld@example.org", (long long)i);
        contact.email = email;
        const struct notice notice = {.occurrence = "u",
                                      .step = "invitation",
                                      .contact = email,
                                      .kind = NOTICE_INVITATION,
                                      .rule = "groupe-pays"};
        const struct compose_request request = {.notice = &notice,
                                                .facts = &facts,
                                                .occurrence = &occurrence,
                                                .contact = &contact,
                                                .rule = &f.rule,
                                                .date = fixture_instant("2026-09-05T07:00:00Z"),
                                                .calendar = calendar,
                                                .calendar_method = "REQUEST"};
        arena_clear(arena);
        buf_clear(&out);
        if (composer_compose(f.composer, arena, &request, &out, &message, &f.flaws))
            return 1;
        bytes += message.bytes.size;
        if (i == messages / 10)
            warm = mallinfo2();
    }
    double spent = cpu_sec() - start;
    printf("messages %lld  bytes %.0f  usec %.1f  heap_growth %lld\n", (long long)messages,
           (double)bytes / (double)messages, spent / (double)messages * 1e6,
           (long long)(mallinfo2().uordblks - warm.uordblks));
    buf_done(&out);
    arena_free(arena);
    fixture_done(&f);
    return 0;
}
