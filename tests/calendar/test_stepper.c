/* SPDX-License-Identifier: MIT */
/* Rules as people write them, and the instances that RFC 5545 gives. The first table holds every
 * example of 3.8.5.3, in its order.                                                              */
#include "base/buf.h"
#include "calendar/stepper.h"
#include "check.h"

struct row {
    const char *title;
    const char *start; /* DTSTART */
    const char *rule;
    const char *want;  /* after DTSTART; "20260105" means at DTSTART's hour; "…" = and so on */
    const char *until; /* end of the window; NULL = 40 years on */
};

static const struct row standard[] = {
    {"daily for 10 occurrences", "19970902T090000", "FREQ=DAILY;COUNT=10",
     "19970903 19970904 19970905 19970906 19970907 19970908 19970909 19970910 19970911", NULL},
    {"daily until December 24 (last days)", "19971220T090000", "FREQ=DAILY;UNTIL=19971224T000000Z",
     "19971221 19971222 19971223", NULL},
    {"every other day", "19970902T090000", "FREQ=DAILY;INTERVAL=2",
     "19970904 19970906 19970908 19970910 19970912", "19970913T000000"},
    {"every 10 days, 5 occurrences", "19970902T090000", "FREQ=DAILY;INTERVAL=10;COUNT=5",
     "19970912 19970922 19971002 19971012", NULL},
    {"every day in January, as YEARLY", "19980129T090000",
     "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
     "19980130 19980131 19990101 19990102", "19990103T000000"},
    {"every day in January, as DAILY", "19980129T090000",
     "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", "19980130 19980131 19990101 19990102",
     "19990103T000000"},
    {"weekly for 10 occurrences", "19970902T090000", "FREQ=WEEKLY;COUNT=10",
     "19970909 19970916 19970923 19970930 19971007 19971014 19971021 19971028 19971104", NULL},
    {"weekly until December 24", "19971202T090000", "FREQ=WEEKLY;UNTIL=19971224T000000Z",
     "19971209 19971216 19971223", NULL},
    {"every other week", "19970902T090000", "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
     "19970916 19970930 19971014 19971028 19971111 19971125 19971209 19971223 19980106 19980120",
     "19980121T000000"},
    {"weekly on Tuesday and Thursday for five weeks, by UNTIL", "19970902T090000",
     "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
     "19970904 19970909 19970911 19970916 19970918 19970923 19970925 19970930 19971002", NULL},
    {"weekly on Tuesday and Thursday for five weeks, by COUNT", "19970902T090000",
     "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
     "19970904 19970909 19970911 19970916 19970918 19970923 19970925 19970930 19971002", NULL},
    {"every other week on Monday, Wednesday, Friday until December 24", "19970901T090000",
     "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
     "19970903 19970905 19970915 19970917 19970919 19970929 19971001 19971003 19971013 19971015 "
     "19971017 19971027 19971029 19971031 19971110 19971112 19971114 19971124 19971126 19971128 "
     "19971208 19971210 19971212 19971222",
     NULL},
    {"every other week on Tuesday and Thursday, 8 occurrences", "19970902T090000",
     "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
     "19970904 19970916 19970918 19970930 19971002 19971014 19971016", NULL},
    {"monthly on the first Friday for 10 occurrences", "19970905T090000",
     "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
     "19971003 19971107 19971205 19980102 19980206 19980306 19980403 19980501 19980605", NULL},
    {"monthly on the first Friday until December 24", "19970905T090000",
     "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "19971003 19971107 19971205", NULL},
    {"every other month on the first and last Sunday", "19970907T090000",
     "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
     "19970928 19971102 19971130 19980104 19980125 19980301 19980329 19980503 19980531", NULL},
    {"monthly on the second-to-last Monday for 6 months", "19970922T090000",
     "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "19971020 19971117 19971222 19980119 19980216", NULL},
    {"monthly on the third-to-last day", "19970928T090000", "FREQ=MONTHLY;BYMONTHDAY=-3",
     "19971029 19971128 19971229 19980129 19980226", "19980301T000000"},
    {"monthly on the 2nd and 15th", "19970902T090000", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
     "19970915 19971002 19971015 19971102 19971115 19971202 19971215 19980102 19980115", NULL},
    {"monthly on the first and last day", "19970930T090000",
     "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
     "19971001 19971031 19971101 19971130 19971201 19971231 19980101 19980131 19980201", NULL},
    {"every 18 months on the 10th to 15th", "19970910T090000",
     "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
     "19970911 19970912 19970913 19970914 19970915 19990310 19990311 19990312 19990313", NULL},
    {"every Tuesday, every other month", "19970902T090000", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
     "19970909 19970916 19970923 19970930 19971104 19971111 19971118 19971125 19980106 19980113 "
     "19980120 19980127 19980303",
     "19980304T000000"},
    {"yearly in June and July", "19970610T090000", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
     "19970710 19980610 19980710 19990610 19990710 20000610 20000710 20010610 20010710", NULL},
    {"every other year in January, February, March", "19970310T090000",
     "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
     "19990110 19990210 19990310 20010110 20010210 20010310 20030110 20030210 20030310", NULL},
    {"every third year on the 1st, 100th and 200th day", "19970101T090000",
     "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
     "19970410 19970719 20000101 20000409 20000718 20030101 20030410 20030719 20060101", NULL},
    {"every 20th Monday of the year", "19970519T090000", "FREQ=YEARLY;BYDAY=20MO",
     "19980518 19990517", "20000101T000000"},
    {"Monday of week 20", "19970512T090000", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
     "19980511 19990517", "20000101T000000"},
    {"every Thursday in March", "19970313T090000", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
     "19970320 19970327 19980305 19980312 19980319 19980326 19990304 19990311 19990318 19990325",
     "19990401T000000"},
    {"every Thursday in June, July, August", "19970605T090000",
     "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
     "19970612 19970619 19970626 19970703 19970710 19970717 19970724 19970731 19970807 19970814 "
     "19970821 19970828 19980604",
     "19980605T000000"},
    {"every Friday the 13th", "19970902T090000", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
     "19980213 19980313 19981113 19990813 20001013", "20001014T000000"},
    {"first Saturday after the first Sunday", "19970913T090000",
     "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
     "19971011 19971108 19971213 19980110 19980207 19980307 19980411 19980509 19980613",
     "19980614T000000"},
    {"American election day", "19961105T090000",
     "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "20001107 20041102",
     "20050101T000000"},
    {"the third of Tuesday, Wednesday, Thursday", "19970904T090000",
     "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19971007 19971106", NULL},
    {"the second-to-last weekday", "19970929T090000",
     "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
     "19971030 19971127 19971230 19980129 19980226 19980330", "19980331T000000"},
    {"every 3 hours until 17:00", "19970902T090000", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000",
     "19970902T120000 19970902T150000", NULL},
    {"every 20 minutes from 9:00 to 16:40", "19970902T090000",
     "FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20,40",
     "19970902T092000 19970902T094000 19970902T100000 19970902T102000 19970902T104000 "
     "19970903T090000",
     "19970903T090001"},
    {"WKST=MO matters", "19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
     "19970810 19970819 19970824", NULL},
    {"WKST=SU matters", "19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
     "19970817 19970819 19970831", NULL},
    {"a day that February lacks is skipped", "20070115T090000",
     "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "20070130 20070215 20070315 20070330", NULL},
};

/* Where libical 3.0.16 or python3-dateutil 2.8.2 go wrong, and corners of our own. */
static const struct row corners[] = {
    {"SKIP=BACKWARD: the 31st is the last day", "20260131T090000",
     "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=6",
     "20260228 20260331 20260430 20260531 20260630", NULL},
    {"SKIP=FORWARD: the 31st is the day after the last", "20260131T090000",
     "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=6",
     "20260301 20260331 20260501 20260531 20260701", NULL},
    {"SKIP=OMIT: the 31st is left out", "20260131T090000",
     "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT;COUNT=4", "20260331 20260531 20260731", NULL},
    {"SKIP=BACKWARD on 29 February", "20240229T090000",
     "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;COUNT=5", "20250228 20260228 20270228 20280229",
     NULL},
    {"SKIP=FORWARD on 29 February", "20240229T090000",
     "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;COUNT=5", "20250301 20260301 20270301 20280229",
     NULL},
    {"SKIP=FORWARD in a month that the interval steps over", "20260131T090000",
     "RSCALE=GREGORIAN;FREQ=MONTHLY;INTERVAL=5;SKIP=FORWARD;COUNT=5",
     "20260701 20261201 20270501 20271001", NULL},
    {"SKIP=FORWARD meets the first: once", "20260331T090000",
     "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=1,31;SKIP=FORWARD;COUNT=6",
     "20260401 20260501 20260531 20260601 20260701", NULL},
    {"SKIP=BACKWARD meets the 30th: once", "20260330T090000",
     "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=30,31;SKIP=BACKWARD;COUNT=6",
     "20260331 20260430 20260530 20260531 20260630", NULL},
    {"SKIP=BACKWARD, counted from the end: the day before the first", "20260131T090000",
     "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=-31;SKIP=BACKWARD;COUNT=4",
     "20260301 20260331 20260501", NULL},
    {"SKIP=FORWARD, counted from the end: the first", "20260101T090000",
     "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=-31;SKIP=FORWARD;COUNT=5",
     "20260201 20260301 20260401 20260501", NULL},
    {"SKIP=FORWARD out of the months of BYMONTH", "20260430T090000",
     "RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=30;SKIP=FORWARD;COUNT=5",
     "20270301 20270430 20280301 20280430", NULL},
    {"SKIP with BYDAY: the stand-in must be that weekday", "20260131T090000",
     "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=SA,TH;SKIP=BACKWARD;COUNT=4",
     "20260228 20260430 20261031", NULL},
    {"SKIP=FORWARD on day 366", "20241231T090000",
     "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=366;SKIP=FORWARD;COUNT=5",
     "20260101 20270101 20280101 20281231", NULL},
    {"SKIP=BACKWARD on day 366", "20241231T090000",
     "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=366;SKIP=BACKWARD;COUNT=4",
     "20251231 20261231 20271231", NULL},
    {"biweekly on Sunday: the first Sunday is DTSTART's", "20260104T100000",
     "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;COUNT=4", "20260118 20260201 20260215", NULL},
    {"biweekly on Sunday, week from Sunday", "20260104T100000",
     "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU;COUNT=4", "20260118 20260201 20260215", NULL},
    {"biweekly on Sunday and Monday from a Monday", "20260105T100000",
     "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=5", "20260111 20260119 20260125 20260202", NULL},
    {"BYSETPOS in WEEKLY: the last working day", "20260109T100000",
     "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "20260116 20260123", NULL},
    {"BYSETPOS in DAILY: the second hour", "20260105T120000",
     "FREQ=DAILY;BYHOUR=9,12,15;BYSETPOS=2;COUNT=3", "20260106T120000 20260107T120000", NULL},
    {"BYSETPOS from both ends", "20260101T100000",
     "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1;COUNT=4", "20260130 20260202 20260227", NULL},
    {"BYSETPOS beyond the set never counts", "20260105T100000",
     "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1,3;COUNT=3", "20260112 20260119", NULL},
    {"the 13th of every month, as YEARLY", "20260113T100000", "FREQ=YEARLY;BYMONTHDAY=13;COUNT=4",
     "20260213 20260313 20260413", NULL},
    {"last day of every month, as YEARLY", "20260131T100000", "FREQ=YEARLY;BYMONTHDAY=-1;COUNT=4",
     "20260228 20260331 20260430", NULL},
    {"the last day of the year", "20241231T100000", "FREQ=YEARLY;BYYEARDAY=-1", "20251231 20261231",
     "20270101T000000"},
    {"day 366", "20241231T100000", "FREQ=YEARLY;BYYEARDAY=366", "20281231", "20300101T000000"},
    {"DAILY limited to the last three days", "20260129T100000",
     "FREQ=DAILY;BYMONTHDAY=-3,-2,-1;COUNT=6", "20260130 20260131 20260226 20260227 20260228",
     NULL},
    {"week 1 begins in December", "20241230T100000", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=4",
     "20251229 20270104 20280103", NULL},
    {"week 53 exists in 2026 and 2032", "20261228T100000", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO",
     "20321227", "20330101T000000"},
    {"the last week, by its number from the end", "20251222T100000",
     "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO", "20261228 20271227", "20280101T000000"},
    {"a week without BYDAY has DTSTART's weekday", "20260513T100000", "FREQ=YEARLY;BYWEEKNO=20",
     "20270519 20280517", "20290101T000000"},
    {"every other year in week 1, kept whole in December", "20241230T100000",
     "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO", "20270104", "20270401T000000"},
    {"29 February", "20240229T100000", "FREQ=YEARLY", "20280229 20320229", "20330101T000000"},
    {"29 February, 2100 is no leap year", "20960229T100000", "FREQ=YEARLY", "21040229",
     "21050101T000000"},
    {"the 31st", "20260131T100000", "FREQ=MONTHLY", "20260331 20260531 20260731",
     "20260801T000000"},
    {"the fifth Monday", "20260330T100000", "FREQ=MONTHLY;BYDAY=5MO", "20260629 20260831",
     "20260901T000000"},
    {"nth weekdays in two months of the year", "20260302T100000",
     "FREQ=YEARLY;BYMONTH=3,9;BYDAY=1MO", "20260907 20270301 20270906", "20271001T000000"},
    {"the last Friday of the year", "20251226T100000", "FREQ=YEARLY;BYDAY=-1FR",
     "20261225 20271231", "20280101T000000"},
    {"plain and numbered weekdays together", "20260105T100000",
     "FREQ=MONTHLY;BYDAY=MO,1WE;BYMONTH=1", "20260107 20260112 20260119 20260126",
     "20260201T000000"},
    {"a start off the rule counts as the first", "20260106T100000", "FREQ=WEEKLY;BYDAY=MO;COUNT=3",
     "20260112 20260119", NULL},
    {"hourly across midnight, limited by hours", "20260105T220000",
     "FREQ=HOURLY;INTERVAL=2;BYHOUR=22,0,2;COUNT=6",
     "20260106T000000 20260106T020000 20260106T220000 20260107T000000 20260107T020000", NULL},
    {"hourly on one weekday only", "20260105T220000", "FREQ=HOURLY;INTERVAL=5;BYDAY=MO;COUNT=4",
     "20260112T040000 20260112T090000 20260112T140000", NULL},
    {"hourly with minutes", "20260105T220500", "FREQ=HOURLY;BYMINUTE=5,35;COUNT=4",
     "20260105T223500 20260105T230500 20260105T233500", NULL},
    {"repeated values count once", "20260105T100000",
     "FREQ=WEEKLY;BYDAY=MO,MO,MO;BYHOUR=10,10;COUNT=3", "20260112 20260119", NULL},
    {"monthly from December into the next years", "20251201T100000",
     "FREQ=MONTHLY;INTERVAL=13;COUNT=3", "20270101 20280201", NULL},
    {"BYYEARDAY limits HOURLY", "20260101T220000", "FREQ=HOURLY;BYYEARDAY=1;COUNT=4",
     "20260101T230000 20270101T000000 20270101T010000", NULL},
    {"BYWEEKNO with BYMONTH", "20260105T100000", "FREQ=YEARLY;BYMONTH=1;BYWEEKNO=1,2;BYDAY=MO",
     "20270104 20270111", "20280101T000000"},
};

static int64_t parse_sec(const char *text)
{
    struct stamp stamp;
    if (!stamp_parse(text_of(text), &stamp))
        abort();
    return civil_time_to_sec(stamp.time);
}

static void add_time(struct buf *out, int64_t sec)
{
    struct civil_time t = civil_time_from_sec(sec);
    buf_printf(out, "%s%04d%02d%02dT%02d%02d%02d", out->size ? " " : "", t.date.year, t.date.month,
               t.date.day, t.hour, t.minute, t.second);
}

/* The wanted list with DTSTART's hour where none stands. */
static void add_wanted(struct buf *out, const char *want, const char *start)
{
    for (struct text rest = text_of(want); rest.data;) {
        struct text item = text_split(&rest, ' ');
        buf_add_string(out, out->size ? " " : "");
        buf_add_text(out, item);
        if (item.size == 8)
            buf_add_string(out, start + 8);
    }
}

/* The times after DTSTART in [from, until). */
static void run(const struct row *row, int64_t from, int64_t until, struct buf *out)
{
    struct arena *arena = arena_new(1 << 24);
    struct rule rule;
    const char *complaint;
    REQUIRE(rule_parse(arena, text_of(row->rule), &rule, &complaint) == 0);
    int64_t steps = 100000000;
    struct stepper stepper = {.start_sec = parse_sec(row->start),
                              .last_sec = INT64_MAX,
                              .from_sec = from,
                              .until_sec = until,
                              .max_times = 10000,
                              .steps_left = &steps};
    if (rule.has_until) /* floating: the rows keep clear of the difference */
        stepper.last_sec = civil_time_to_sec(rule.until.time);
    struct wall_times times = {0};
    CHECK_INT(stepper_run(arena, &rule, &stepper, &times), 0);
    for (size_t i = 0; i < times.count; i++)
        add_time(out, times.items[i]);
    arena_free(arena);
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CHECK_ROW(rows[i].title);
        struct buf got = BUF_INIT(1 << 20), want = BUF_INIT(1 << 20);
        int64_t start = parse_sec(rows[i].start);
        int64_t until =
            rows[i].until ? parse_sec(rows[i].until) : start + INT64_C(40) * 366 * 86400;
        run(&rows[i], start, until, &got);
        add_wanted(&want, rows[i].want, rows[i].start);
        CHECK_STRING(got.data, want.data);
        buf_done(&got);
        buf_done(&want);
    }
}

TEST(examples_of_the_standard)
{
    check_rows(standard, sizeof standard / sizeof *standard);
}

TEST(corners)
{
    check_rows(corners, sizeof corners / sizeof *corners);
}

/* A window anywhere in a series shows what the whole series shows there. */
TEST(windows)
{
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++) {
        CHECK_ROW(corners[i].title);
        int64_t start = parse_sec(corners[i].start), end = start + INT64_C(6) * 366 * 86400;
        struct buf whole = BUF_INIT(1 << 22), parts = BUF_INIT(1 << 22);
        run(&corners[i], start, end, &whole);
        const int64_t step = 37 * 86400 + 1234;
        for (int64_t from = start; from < end; from += step)
            run(&corners[i], from, from + step < end ? from + step : end, &parts);
        CHECK_STRING(parts.data ? parts.data : "", whole.data ? whole.data : "");
        buf_done(&whole);
        buf_done(&parts);
    }
}

TEST(bounds)
{
    struct arena *arena = arena_new(1 << 24);
    struct rule rule;
    const char *complaint;
    int64_t steps = 1000000;
    struct wall_times times = {0};
    REQUIRE(rule_parse(arena, TEXT("FREQ=DAILY"), &rule, &complaint) == 0);
    struct stepper stepper = {.start_sec = 0,
                              .last_sec = INT64_MAX,
                              .from_sec = 0,
                              .until_sec = INT64_MAX,
                              .max_times = 5,
                              .steps_left = &steps};
    CHECK_INT(stepper_run(arena, &rule, &stepper, &times), STEPPER_E_TOO_MANY);
    CHECK_INT(times.count, 5);

    CHECK_ROW("the allowance ends a walk");
    REQUIRE(rule_parse(arena, TEXT("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"), &rule, &complaint) == 0);
    stepper.max_times = 1000;
    steps = 1000;
    times.count = 0;
    CHECK_INT(stepper_run(arena, &rule, &stepper, &times), STEPPER_E_TOO_MANY);
    CHECK_INT(times.count, 0);
    CHECK(steps <= 0);

    CHECK_ROW("the calendar ends in 9999");
    REQUIRE(rule_parse(arena, TEXT("FREQ=YEARLY"), &rule, &complaint) == 0);
    stepper.start_sec = stepper.from_sec = parse_sec("99950101T000000");
    steps = 1000000;
    CHECK_INT(stepper_run(arena, &rule, &stepper, &times), 0);
    CHECK_INT(times.count, 4);
    arena_free(arena);
}

TEST(possible)
{
    static const struct {
        const char *rule;
        bool want;
    } rows[] = {
        {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", false},
        {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", true},
        {"FREQ=MONTHLY;BYMONTH=4,6,9,11;BYMONTHDAY=31", false},
        {"FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", true},
        {"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", false},
        {"FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3", false},
        {"FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=-2", true},
        {"FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", false},
        {"FREQ=HOURLY;INTERVAL=2;BYHOUR=9", false},
        {"FREQ=HOURLY;INTERVAL=2;BYHOUR=10", true},
        {"FREQ=YEARLY;BYWEEKNO=53", true},
        {"FREQ=YEARLY;BYWEEKNO=1;BYMONTH=6", false},
        {"FREQ=MONTHLY;BYSETPOS=31", false},
        {"FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2;BYDAY=SU", true},
        {"FREQ=DAILY", true},
    };
    struct arena *arena = arena_new(1 << 24);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].rule);
        struct rule rule;
        const char *complaint;
        bool is_possible = !rows[i].want;
        int64_t steps = 10000000;
        REQUIRE(rule_parse(arena, text_of(rows[i].rule), &rule, &complaint) == 0);
        CHECK_INT(stepper_is_possible(arena, &rule, parse_sec("20260101T100000"), false, &steps,
                                      &is_possible),
                  0);
        CHECK_INT(is_possible, rows[i].want);
    }
    arena_free(arena);
}

CHECK_MAIN
