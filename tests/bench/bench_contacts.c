/* room: contacts */
/* SPDX-License-Identifier: MIT */
/* A list of 100,000 rows read, checked and merged, then a tenfold list for the growth, then an
 * expression of ten terms. bench_contacts_peer.py lets Python's csv module read the same file
 * without any check; give it the file that this program writes.
 *
 *     bench_contacts [ROWS [FILE]]                                                               */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "contacts/audience.h"
#include "contacts/contact_reader.h"

static const char expression[] =
    "japon & (elus | services) - presse | lettre & !prestataires | nancy & (tours | chartres) "
    "- archives - invites";

static double now_sec(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double peak_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void make_list(struct buf *buf, int rows)
{
    static const char *const groups[] = {"japon", "élus",  "services", "presse",   "lettre",
                                         "nancy", "tours", "chartres", "archives", "invités"};
    static const char *const cities[] = {"Nancy", "Tours", "Chartres", "Évry", "金沢市", "高松市"};
    buf_add_string(buf, "email;name;given;family;title;function;organisation;department;language;"
                        "zone;country;groups;cc;salutation\n");
    for (int i = 0; i < rows; i++)
        buf_printf(buf,
                   "prenom.nom%06d@collectivite%d.example.fr;;Prénom%d;Nom%d;Mme;Directrice;"
                   "Ville de %s;Relations internationales;%s;;%s;\"%s, %s\";;\n",
                   i, i % 997, i % 5003, i, cities[i % 6], i % 3 ? "fr" : "ja", i % 3 ? "FR" : "JP",
                   groups[i % 10], groups[i / 7 % 10]);
}

static void bench(struct zones *zones, struct locale *locale, struct text raw)
{
    struct arena *arena = arena_new((size_t)4 << 30);
    struct contact_rows rows;
    struct contact_list list;
    struct contact_guess guess;
    struct audience *audience;
    struct membership members;
    struct flaws flaws;
    size_t in = 0;

    if (!arena)
        exit(1);
    flaws_init(&flaws, arena, "bench");
    const struct contact_options options = {
        .source = "bench", .zone = zones_utc(zones), .zones = zones, .locale = locale};
    double begin = now_sec();
    if (contact_reader_parse(arena, raw, &options, &flaws, &rows, &guess))
        exit(1);
    double parsed = now_sec();
    if (contact_reader_merge(arena, &rows, 1, &flaws, &list))
        exit(1);
    double merged = now_sec();
    if (audience_parse(arena, expression, NULL, (struct settings_place){.line = 1}, &flaws,
                       &audience) ||
        audience_evaluate(arena, audience, &list, &members))
        exit(1);
    double evaluated = now_sec();
    for (size_t i = 0; i < list.count; i++)
        in += membership_has(&members, i);
    printf("%7zu rows, %3zu MiB: read %6.1f ms, merge %6.1f ms, audience (%zu in) %5.2f ms, "
           "%4.0f bytes a contact, peak %4.0f MiB\n",
           rows.count, raw.size >> 20, (parsed - begin) * 1e3, (merged - parsed) * 1e3, in,
           (evaluated - merged) * 1e3, (double)arena_bytes(arena) / (double)list.count, peak_mib());
    arena_free(arena);
}

int main(int argc, char **argv)
{
    int rows = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 100000;
    struct buf buf = BUF_INIT((size_t)2 << 30);
    struct zones *zones = zones_new(NULL);
    struct locale *locale = NULL;

    if (rows < 1 || !zones || locale_new(&locale))
        return 1;
    make_list(&buf, rows);
    if (argc > 2 && file_write(argv[2], buf_text(&buf), 0644))
        return 1;
    bench(zones, locale, buf_text(&buf));
    bench(zones, locale, buf_text(&buf)); /* warm */
    if (argc > 2)
        return 0;
    buf_clear(&buf);
    make_list(&buf, rows * 10);
    bench(zones, locale, buf_text(&buf));
    buf_done(&buf);
    locale_free(locale);
    zones_free(zones);
    return 0;
}
