/* SPDX-License-Identifier: MIT */
#include "app/showing.h"

static const size_t mail_max_bytes = 16 << 20;

void showing_init(struct showing *showing, struct house *house, struct arena *arena)
{
    *showing = (struct showing){.house = house, .arena = arena, .bytes = BUF_INIT(mail_max_bytes)};
    flaws_init(&showing->flaws, arena, "preview");
}

void showing_done(struct showing *showing)
{
    buf_done(&showing->bytes);
}

void showing_compose(struct showing *showing, const struct compose_request *request)
{
    struct house *house = showing->house;
    struct message message;
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
