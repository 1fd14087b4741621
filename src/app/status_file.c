/* SPDX-License-Identifier: MIT */
#include "app/status_file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/forms.h"
#include "base/file.h"
#include "base/log.h"

static json_t *source_form(const struct house *house, const struct source *source)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:b, s:o}", "kind",
                     source_kind_to_text(source->kind), "name", source->name, "source",
                     source->label, "tried", forms_instant(source->tried, house->zone), "good",
                     forms_instant(source->good, house->zone), "is_in_force", source->is_good,
                     "trouble", report_json_string(source->trouble));
}

void status_file_write(struct house *house, const struct pass_report *pass, const char *stopped)
{
    static bool has_failed;
    char path[PATH_MAX];
    json_t *sources = json_array();
    for (size_t i = 0; i < sources_count(house->sources); i++)
        json_array_append_new(sources, source_form(house, sources_at(house->sources, i)));
    json_t *waits = json_array();
    for (size_t i = 0; i < pass->waiting && i < PASS_WAITS_MAX; i++)
        json_array_append_new(waits, report_json_string(pass->waits[i]));
    json_t *object =
        json_pack("{s:i, s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "pid", (int)getpid(), "at",
                  forms_instant(house_now(house), house->zone), "sources", sources, "next",
                  forms_instant(pass->next, house->zone), "stopped", report_json_string(stopped),
                  "waiting", (json_int_t)pass->waiting, "waits_until",
                  forms_instant(pass->waits_until, house->zone), "waits", waits);
    char *text = object ? json_dumps(object, JSON_INDENT(1)) : NULL;
    int r = -1;
    if (text) {
        snprintf(path, sizeof path, "%s/status.json", house->settings->state);
        r = file_replace(path, text_of(text), 0600);
    }
    if (r && !has_failed)
        log_line(LOG_LEVEL_WARNING, NULL, "%s/status.json cannot be written",
                 house->settings->state);
    has_failed = r != 0;
    free(text);
    json_decref(object);
}

json_t *status_file_read(const char *state)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/status.json", state);
    return json_load_file(path, 0, NULL);
}
