/* SPDX-License-Identifier: MIT */
/* GMime reads the golden mails as we meant them. It is loaded when it is there, so that the tests
 * of this room link with nothing else; without it the program says so and is skipped.            */
#include <dlfcn.h>

#include "check.h"
#include "fixture.h"

static struct {
    void (*init)(void);
    void *(*stream_new)(const char *, size_t);
    void *(*parser_new)(void *);
    void *(*construct)(void *, void *);
    const char *(*get_subject)(void *);
    const char *(*get_message_id)(void *);
    void *(*get_mime_part)(void *);
    void *(*get_content_type)(void *);
    char *(*get_mime_type)(void *);
    int (*get_count)(void *);
    void *(*get_part)(void *, int);
    char *(*get_text)(void *);
    void (*unref)(void *);
} gmime;

static bool load_gmime(void)
{
    static const struct {
        const char *name;
        void *into;
    } symbols[] = {
        {"g_mime_init", &gmime.init},
        {"g_mime_stream_mem_new_with_buffer", &gmime.stream_new},
        {"g_mime_parser_new_with_stream", &gmime.parser_new},
        {"g_mime_parser_construct_message", &gmime.construct},
        {"g_mime_message_get_subject", &gmime.get_subject},
        {"g_mime_message_get_message_id", &gmime.get_message_id},
        {"g_mime_message_get_mime_part", &gmime.get_mime_part},
        {"g_mime_object_get_content_type", &gmime.get_content_type},
        {"g_mime_content_type_get_mime_type", &gmime.get_mime_type},
        {"g_mime_multipart_get_count", &gmime.get_count},
        {"g_mime_multipart_get_part", &gmime.get_part},
        {"g_mime_text_part_get_text", &gmime.get_text},
        {"g_object_unref", &gmime.unref},
    };
    void *library = dlopen("libgmime-3.0.so.0", RTLD_NOW);
    for (size_t i = 0; library && i < sizeof symbols / sizeof *symbols; i++) {
        void *symbol = dlsym(library, symbols[i].name);
        if (!symbol)
            return false;
        memcpy(symbols[i].into, &symbol, sizeof symbol);
    }
    return library != NULL;
}

/* The parts in their order, "multipart/mixed(multipart/alternative(text/plain,…". */
static void describe(void *part, struct buf *tree, struct buf *text, struct buf *html)
{
    char *type = gmime.get_mime_type(gmime.get_content_type(part));
    buf_printf(tree, " %s", type);
    if (strcmp(type, "text/plain") == 0 || strcmp(type, "text/html") == 0) {
        char *words = gmime.get_text(part);
        buf_add_string(type[5] == 'p' ? text : html, words);
        free(words);
    }
    bool is_multipart = strncmp(type, "multipart/", 10) == 0;
    free(type);
    for (int i = 0; is_multipart && i < gmime.get_count(part); i++)
        describe(gmime.get_part(part, i), tree, text, html);
}

static void read_golden(const char *name, const char *suffix, struct buf *out)
{
    char path[500];
    snprintf(path, sizeof path, "%s/compose/golden/%s%s", CONVIER_TESTS, name, suffix);
    REQUIRE(file_read(path, out) == 0);
}

static void without_cr(struct buf *text)
{
    size_t kept = 0;
    for (size_t i = 0; i < text->size; i++)
        if (text->data[i] != '\r')
            text->data[kept++] = text->data[i];
    while (kept && text->data[kept - 1] == '\n')
        kept--;
    buf_truncate(text, kept);
}

static void check_mail(const char *name)
{
    CLEANUP_BUF struct buf mail = BUF_INIT(1 << 20), text = BUF_INIT(1 << 20),
                           html = BUF_INIT(1 << 20), tree = BUF_INIT(1 << 10),
                           got = BUF_INIT(1 << 20), got_html = BUF_INIT(1 << 20);
    read_golden(name, ".eml", &mail);
    read_golden(name, ".txt", &text);
    read_golden(name, ".html", &html);
    void *stream = gmime.stream_new(mail.data, mail.size);
    void *parser = gmime.parser_new(stream), *message = gmime.construct(parser, NULL);
    REQUIRE(message != NULL);

    struct text title = text_from(buf_text(&html), text_find(buf_text(&html), TEXT("<title>")) + 7);
    title = text_slice(title, 0, text_find(title, TEXT("</title>")));
    CHECK(text_is(title, gmime.get_subject(message)));
    CHECK(text_ends_nocase(text_of(gmime.get_message_id(message)), "@example.org"));

    describe(gmime.get_mime_part(message), &tree, &got, &got_html);
    bool has_calendar = strncmp(name, "invitation", 10) == 0 || strncmp(name, "change", 6) == 0;
    CHECK_STRING(tree.data, has_calendar ? " multipart/mixed multipart/alternative text/plain "
                                           "text/html text/calendar application/ics"
                                         : " multipart/alternative text/plain text/html");
    without_cr(&got);
    without_cr(&text);
    CHECK_STRING(got.data, text.data);
    without_cr(&got_html);
    without_cr(&html);
    CHECK_STRING(got_html.data, html.data);
    gmime.unref(message);
    gmime.unref(parser);
    gmime.unref(stream);
}

TEST(gmime_reads_every_golden)
{
    if (!load_gmime()) {
        puts("no libgmime-3.0 here");
        exit(77);
    }
    gmime.init();
    for (int kind = 0; kind < NOTICE_NEWSLETTER; kind++)
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            static char name[100];
            snprintf(name, sizeof name, "%s.%s", notice_kind_to_text((enum notice_kind)kind),
                     language_to_text((enum language)language));
            CHECK_ROW(name);
            check_mail(name);
        }
}

CHECK_MAIN
