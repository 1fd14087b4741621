/* SPDX-License-Identifier: MIT */
/* Between the hour at which a message is due and the one at which it leaves stand quiet hours and
 * the cap per contact. Both only ever delay, and never past the use of the message.              */
#include <string.h>

#include "plan/pass.h"

void pass_wake(struct pass *pass, struct instant t)
{
    if (instant_before(pass->input->now, t))
        pass->plan->next = instant_min(pass->plan->next, t);
}

static struct instant polite_moment(const struct pass *pass, const struct place *place,
                                    struct instant t, struct instant expires, bool is_urgent)
{
    if (!is_urgent) {
        struct instant open = hours_open(&pass->input->settings->limits.quiet, place, t);
        if (instant_before(open, expires))
            return open;
    }
    struct instant waking = hours_waking(place, t);
    return instant_before(waking, expires) ? waking : t;
}

struct instant leave_on_time(const struct pass *pass, const struct guest *guest, struct instant due,
                             struct instant expires, bool is_urgent)
{
    return polite_moment(pass, &guest->place->place, due, expires, is_urgent);
}

/* On time: the exact hour, however long the pass took. Late: as if it became due now. What lies
 * ahead never depends on now, so that waking in between changes nothing.                         */
struct instant leave_at(const struct pass *pass, const struct guest *guest, struct instant due,
                        struct instant expires, bool is_urgent)
{
    const struct place *place = &guest->place->place;
    struct instant now = pass->input->now;
    struct instant planned = leave_on_time(pass, guest, due, expires, is_urgent);
    if (!instant_before(instant_add(planned, LATE_MINUTES * USEC_PER_MIN), now))
        return planned;
    return polite_moment(pass, place, now, expires, is_urgent);
}

static size_t recent_of(const struct planner_input *input, const char *contact)
{
    size_t low = 0, high = input->recent_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(input->recent[middle].contact, contact) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct instant leave_after_cap(const struct pass *pass, const struct guest *guest, bool may_join,
                               struct instant t)
{
    const struct planner_input *input = pass->input;
    const struct limit_settings *limits = &input->settings->limits;
    const struct place *place = &guest->place->place;
    if (limits->per_contact <= 0 || span_rough_usec(limits->per_contact_span) <= 0)
        return t;
    /* The window before t must hold fewer than the cap: t moves on until the oldest falls out. What
     * joins a mail of this pass is no further mail.                                              */
    const struct recent_message *first = &input->recent[recent_of(input, guest->contact->email)];
    const struct recent_message *end = &input->recent[input->recent_count];
    for (;;) {
        int count = 0;
        struct instant first_out = INSTANT_NEVER;
        for (const struct recent_message *m = first;
             m < end && strcmp(m->contact, guest->contact->email) == 0; m++) {
            struct instant out = steps_add_span(place, m->sent, limits->per_contact_span);
            if (!instant_before(t, out) ||
                (m->may_join && may_join && !instant_before(input->now, t)))
                continue;
            count++;
            first_out = instant_min(first_out, out);
        }
        if (count < limits->per_contact)
            return t;
        t = first_out;
    }
}
