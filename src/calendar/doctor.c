/* SPDX-License-Identifier: MIT */
#include "calendar/doctor.h"

#include "base/text.h"

static const struct {
    const char *part; /* of the PRODID */
    const char *advice;
} programs[] = {
    {"Mozilla", "In Thunderbird, open the event, set its dates and repetition again and save it; "
                "then right-click the calendar and choose Export Calendar"},
    {"Outlook", "In Outlook, open the event, set its time zone and recurrence again with the "
                "buttons of those names and save it; then choose File, Save Calendar"},
    {"Microsoft", "In Outlook or Outlook on the web, open the event, set its time zone and "
                  "recurrence again and save it; the published calendar follows by itself"},
    {"Google", "In Google Calendar, open the event, set its dates and repetition again and save "
               "it; the address follows within a few hours"},
    {"Apple", "In Calendar on the Mac, open the event, set its dates and repetition again; then "
              "choose File, Export, Export"},
    {"Nextcloud", "In Nextcloud Calendar, open the event, choose More, set its dates and "
                  "repetition again and save it"},
    {"Sabre", "In Nextcloud Calendar (or the program beside it), open the event, set its dates and "
              "repetition again and save it"},
    {"Confluence", "In Confluence, open the calendar, edit the event, set its dates and repetition "
                   "again and save it"},
    {"Zimbra", "In Zimbra, open the event, set its dates and repetition again and save it; then "
               "export the calendar or let the address follow"},
};

const char *doctor_advice(const char *product)
{
    struct text name = text_of(product);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (text_find(name, text_of(programs[i].part)) < name.size)
            return programs[i].advice;
    return "Open the event in the program that wrote it, set its dates and repetition again, save "
           "it and export the calendar anew";
}
