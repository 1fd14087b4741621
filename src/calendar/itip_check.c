/* SPDX-License-Identifier: MIT */
/* The formatter is ours and so are its tests; a second reader that nobody here wrote catches what
 * both would believe. It costs tens of microseconds: callers ask once for each shape of a batch. */
#include "calendar/itip_check.h"

#include <errno.h>
#include <libical/ical.h>

/* X-LIC-ERROR is where libical leaves its remarks, on the object and on its parts. */
static const char *first_error(icalcomponent *component)
{
    icalproperty *property = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);
    if (property)
        return icalproperty_get_xlicerror(property);
    icalcompiter at = icalcomponent_begin_component(component, ICAL_ANY_COMPONENT);
    for (icalcomponent *part = icalcompiter_deref(&at); part; part = icalcompiter_next(&at)) {
        const char *error = first_error(part);
        if (error)
            return error;
    }
    return NULL;
}

int itip_check(struct arena *arena, struct text calendar, struct flaws *flaws)
{
    const char *copy = arena_copy_text(arena, calendar); /* libical wants a NUL */
    if (!copy)
        return -ENOMEM;
    icalcomponent *component = icalparser_parse_string(copy);
    const char *error = component ? first_error(component) : "it is not a calendar object";
    if (!error && !icalrestriction_check(component)) {
        error = first_error(component);
        error = error ? error : "it breaks a restriction of its METHOD";
    }
    if (error)
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, "this is a fault of Convier: please report it",
                  "the calendar object of this message is unsound: %s", error);
    if (component)
        icalcomponent_free(component);
    return error ? ITIP_CHECK_E_UNSOUND : 0;
}
