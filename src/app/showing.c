/* SPDX-License-Identifier: MIT */
#include "app/showing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/forms.h"

static const size_t mail_max_bytes = 16 << 20;

void showing_init(struct showing *showing, struct house *house, struct arena *arena)
{
    *showing = (struct showing){.house = house, .arena = arena, .bytes = BUF_INIT(mail_max_bytes)};
    flaws_init(&showing->flaws, arena, "preview");
}

void showing_done(struct showing *showing)
{
    buf_done(&showing->bytes);
    json_decref(showing->json);
}

/* Requests point into what dies with the forecast. */
static void note_request(struct showing *showing, const struct compose_request *request)
{
    const struct notice *notice = request->notice;
    if (!showing->house->options->is_json)
        return;
    json_decref(showing->json);
    showing->json =
        json_pack("{s:o, s:s, s:s, s:s, s:o, s:s}", "key",
                  report_json_string(forms_key(showing->arena, notice)), "kind",
                  notice_kind_to_text(notice->kind), "step", notice->step, "contact",
                  notice->contact, "date", forms_instant(request->date, showing->house->zone),
                  "language", language_to_text(request->contact->language));
}

void showing_compose(struct showing *showing, const struct compose_request *request)
{
    struct house *house = showing->house;
    struct message message;
    note_request(showing, request);
    showing->error = house->options->form == PREVIEW_EML
                         ? composer_compose(house->composer, showing->arena, request,
                                            &showing->bytes, &message, &showing->flaws)
                         : composer_parts(house->composer, showing->arena, request, &showing->parts,
                                          &showing->flaws);
}

void showing_notice(struct showing *showing, const struct notice *notice, struct instant leaves)
{
    struct compose_request request;
    showing->error =
        conductor_request(showing->house->conductor, showing->arena, notice, leaves, &request);
    if (!showing->error)
        showing_compose(showing, &request);
}

static json_t *text_of_part(struct text part)
{
    char *copy = strndup(part.data ? part.data : "", part.size);
    json_t *json = copy ? report_json_string(copy) : NULL;
    free(copy);
    return json;
}

/* --eml: the whole message, else its parts. */
static int print_json(struct showing *showing)
{
    const struct composed_parts *parts = &showing->parts;
    json_t *words =
        showing->house->options->form == PREVIEW_EML
            ? json_pack("{s:o}", "eml", text_of_part(buf_text(&showing->bytes)))
            : json_pack("{s:o, s:o, s:o}", "subject", report_json_string(parts->subject), "text",
                        text_of_part(parts->text), "html", text_of_part(parts->html));
    int r = showing->json && words ? json_object_update(showing->json, words) : -1;
    json_decref(words);
    r = r ? -ENOMEM : report_json(showing->house->report, json_incref(showing->json));
    return r ? house_failed(showing->house, "preview", r) : EXIT_YES;
}

int showing_print(struct showing *showing)
{
    struct report *report = showing->house->report;
    report_flaws(report, &showing->flaws);
    if (showing->error < 0)
        return house_failed(showing->house, "preview", showing->error);
    if (showing->error) {
        report_problem(report, NULL, "this message cannot be composed");
        return EXIT_NO;
    }
    if (showing->house->options->is_json)
        return print_json(showing);
    switch (showing->house->options->form) {
    case PREVIEW_EML:
        fwrite(showing->bytes.data, 1, showing->bytes.size, report->out);
        break;
    case PREVIEW_HTML:
        fwrite(showing->parts.html.data, 1, showing->parts.html.size, report->out);
        break;
    case PREVIEW_SUMMARY:
        fprintf(report->out, "%s%s%s\n\n", report_on(report, COLOUR_STRONG), showing->parts.subject,
                report_off(report));
        /* fall through */
    case PREVIEW_TEXT:
        fwrite(showing->parts.text.data, 1, showing->parts.text.size, report->out);
        break;
    }
    return EXIT_YES;
}
