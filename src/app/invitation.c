/* SPDX-License-Identifier: MIT */
#include "app/invitation.h"

#include <errno.h>

#include "calendar/itip.h"

enum { CALENDAR_BYTES_MAX = 256 * 1024 };

/* Which method a kind of notice carries; false = none. A reminder carries nothing: its reader holds
 * this revision already, and a REQUEST would ask again.                                          */
static bool method_of(const struct compose_request *request, enum itip_method *ret)
{
    bool is_request = request->rule && request->rule->is_request;
    switch (request->notice->kind) {
    case NOTICE_INVITATION:
    case NOTICE_CHANGE:
        *ret = is_request ? ITIP_REQUEST : ITIP_PUBLISH;
        return true;
    case NOTICE_SAVE_THE_DATE:
        *ret = ITIP_PUBLISH;
        return true;
    case NOTICE_CANCELLATION:
    case NOTICE_POSTPONED:
        *ret = ITIP_CANCEL;
        return true;
    case NOTICE_UNINVITED:
        *ret = ITIP_UNINVITE;
        return true;
    default:
        return false;
    }
}

static int format(struct arena *arena, const struct settings *settings,
                  const struct compose_request *request, enum itip_method method, struct text *ret)
{
    const struct facts *facts = request->facts;
    const struct contact *contact = request->contact;
    enum language language = contact->language;
    /* What was told may be all that is left of a vanished event. */
    struct event rebuilt = {.uid = request->notice->occurrence,
                            .summary = facts->summary,
                            .location = facts->location,
                            .link = facts->link,
                            .state = facts->state};
    struct occurrence stand_in = {.key = request->notice->occurrence,
                                  .when = facts->when,
                                  .event = &rebuilt,
                                  .state = facts->state};
    const struct occurrence *occurrence = request->occurrence ? request->occurrence : &stand_in;
    struct itip_request itip = {.method = method,
                                .occurrence = occurrence,
                                .key = request->known_as,
                                .when = &facts->when,
                                .summary = words_in(&facts->summary, language),
                                .location = words_in(&facts->location, language),
                                .description = words_in(&occurrence->event->description, language),
                                .url = facts->link ? facts->link : occurrence->event->url,
                                .organiser_name = settings->sender.name,
                                .organiser_email = settings->sender.address,
                                .attendee_name = contact->person.name,
                                .attendee_email = contact->email,
                                .uid_domain = settings->sender.domain,
                                .sequence = request->notice->sequence,
                                .stamp = request->date};
    CLEANUP_BUF struct buf out = BUF_INIT(CALENDAR_BYTES_MAX);
    int r = itip_format(&itip, &out);
    if (r)
        return r;
    char *bytes = arena_copy_text(arena, buf_text(&out));
    if (!bytes)
        return -ENOMEM;
    *ret = (struct text){bytes, out.size};
    return 0;
}

int invitation_courtesy(struct arena *arena, const struct settings *settings,
                        const struct compose_request *request, struct text *ret)
{
    return format(arena, settings, request, ITIP_PUBLISH, ret);
}

int invitation_attach(struct arena *arena, const struct settings *settings,
                      struct compose_request *request)
{
    enum itip_method method;
    if (!method_of(request, &method))
        return 0;
    int r = format(arena, settings, request, method, &request->calendar);
    if (r)
        return r;
    /* A save-the-date is a courtesy for the diary, not an invitation to answer. */
    request->calendar_method =
        request->notice->kind == NOTICE_SAVE_THE_DATE ? NULL : itip_method_to_text(method);
    return 0;
}
