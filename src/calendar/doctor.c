/* SPDX-License-Identifier: MIT */
#include "calendar/doctor.h"

#include "base/text.h"

struct program {
    const char *part; /* of the PRODID */
    const char *advice, *zone_advice;
};

/* The first that fits holds: Outlook before Exchange before all else of Microsoft's. */
static const struct program programs[] = {
    {"Mozilla",
     "In Thunderbird, open the event, set its dates and repetition again and save it; then "
     "right-click the calendar and choose Export Calendar",
     "In Thunderbird, open the event, choose Options, Timezone, pick a city beside the start and "
     "save it; then right-click the calendar and choose Export Calendar"},
    {"Outlook",
     "In Outlook, open the event, set its time zone and recurrence again with the buttons of those "
     "names and save it; then choose File, Save Calendar",
     "In Outlook, open the event, choose Time Zones, pick the zone by its cities and save it; then "
     "choose File, Save Calendar"},
    {"Exchange",
     "In Outlook on the web, open the event, set its time zone and recurrence again and save it; "
     "the published calendar follows by itself",
     "In Outlook on the web, open the event, choose Edit, pick the time zone beside its hours and "
     "save it; the published calendar follows by itself"},
    {"Microsoft",
     "In Outlook or Outlook on the web, open the event, set its time zone and recurrence again and "
     "save it; the published calendar follows by itself",
     "In Outlook or Outlook on the web, open the event, pick the time zone beside its hours and "
     "save it; the published calendar follows by itself"},
    {"Google",
     "In Google Calendar, open the event, set its dates and repetition again and save it; the "
     "address follows within a few hours",
     "In Google Calendar, open the event, choose Time zone beside its hours, pick a city and save "
     "it; for the whole calendar choose Settings, Time zone"},
    {"Apple",
     "In Calendar on the Mac, open the event, set its dates and repetition again; then choose "
     "File, Export, Export",
     "In Calendar on the Mac, choose Settings, Advanced, Turn on time zone support; then open the "
     "event, pick its time zone and choose File, Export, Export"},
    {"Nextcloud",
     "In Nextcloud Calendar, open the event, choose More, set its dates and repetition again and "
     "save it",
     "In Nextcloud Calendar, open the event, choose the globe beside its hours, pick a city and "
     "save it"},
    {"Sabre",
     "In Nextcloud Calendar (or the program beside it), open the event, set its dates and "
     "repetition again and save it",
     "In Nextcloud Calendar (or the program beside it), open the event, pick its time zone by city "
     "and save it"},
    {"Confluence",
     "In Confluence, open the calendar, edit the event, set its dates and repetition again and "
     "save it",
     "In Confluence, open the calendar, choose Edit Calendar, pick its time zone and save it"},
    {"Zimbra",
     "In Zimbra, open the event, set its dates and repetition again and save it; then export the "
     "calendar or let the address follow",
     "In Zimbra, choose Preferences, Calendar, Show timezone list in appointment view; then open "
     "the event, pick its time zone and save it"},
    {"Open-Xchange",
     "In OX App Suite, open the appointment, choose Edit, set its dates and repetition again and "
     "save it",
     "In OX App Suite, open the appointment, choose Edit, click the time zone beside its hours, "
     "pick a city and save it"},
    {"Synology",
     "In Synology Calendar, open the event, set its dates and repetition again and save it",
     "In Synology Calendar, open the event, choose Time zone beside its hours and save it"},
    {"Domino",
     "In Notes, open the entry, set its dates and Repeat again and save it; then choose File, "
     "Export",
     "In Notes, open the entry, choose Specify a different time zone beside its hours and save it; "
     "then choose File, Export"},
    {"Evolution",
     "In Evolution, open the event, set its dates and Recurrence again and save it; then "
     "right-click the calendar and choose Save as iCalendar",
     "In Evolution, open the event, choose View, Time Zone, pick a city and save it; then "
     "right-click the calendar and choose Save as iCalendar"},
    {"KOrganizer",
     "In KOrganizer, open the event, set its dates and Recurrence again and save it; then choose "
     "File, Export, Export as iCalendar",
     "In KOrganizer, open the event, click the time zone beside its hours, pick a city and save "
     "it; then choose File, Export, Export as iCalendar"},
};

static bool has(struct text name, const char *part)
{
    for (size_t i = 0; i < name.size; i++)
        if (text_starts_nocase(text_from(name, i), part))
            return true;
    return false;
}

static const struct program *find(const char *product)
{
    static const struct {
        const char *part, *program;
    } other_names[] = {
        {"Thunderbird", "Mozilla"},
        {"iCal 4", "Apple"},
        {"iCloud", "Apple"},
        {"Lotus", "Domino"},
        {"Teams", "Microsoft"},
        {"Office 365", "Microsoft"},
        {"OX Software", "Open-Xchange"},
    };
    struct text name = text_of(product);
    for (size_t i = 0; i < sizeof other_names / sizeof *other_names; i++)
        if (has(name, other_names[i].part))
            name = text_of(other_names[i].program);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (has(name, programs[i].part))
            return &programs[i];
    return NULL;
}

const char *doctor_advice(const char *product)
{
    const struct program *program = find(product);
    return program ? program->advice
                   : "Open the event in the program that wrote it, set its dates and repetition "
                     "again, save it and export the calendar anew";
}

const char *doctor_zone_advice(const char *product)
{
    const struct program *program = find(product);
    return program ? program->zone_advice
                   : "In the program that wrote the calendar, choose a time zone by city";
}
