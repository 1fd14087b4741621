/* SPDX-License-Identifier: MIT */
/* message_ids: values of the journal's MESSAGE_ID field; systemd/convier.catalog explains each. */
#ifndef CONVIER_APP_MESSAGE_IDS_H
#define CONVIER_APP_MESSAGE_IDS_H

#define MESSAGE_ID_SETTINGS_REFUSED  "f5161ec8c64b448184bedbff87fad383"
#define MESSAGE_ID_SOURCE_TROUBLE    "77b4bd202c00447dbe44cd75c583803f"
#define MESSAGE_ID_BATCH_HELD        "9d3404e4838046a08b1435c58f1c1a79"
#define MESSAGE_ID_TEMPLATES_BROKEN  "fed564a15acd42f588859ff48331668b"
#define MESSAGE_ID_RELAY_REFUSES     "62cf918c9e514c9fade6197e60495586"
#define MESSAGE_ID_MESSAGE_REFUSED   "07a1b99e259d499780cde2d1ef546bb2"
#define MESSAGE_ID_MESSAGE_UNCERTAIN "4f9b507361094b25ba98db4a163b0dae"
#define MESSAGE_ID_LEDGER_UNUSABLE   "7afa002f1b9f4cb4b19b78fb700aba87"

/* The fields of a line that has nothing else to say. */
#define MESSAGE_FIELDS(id)                                                                         \
    (const struct log_field[])                                                                     \
    {                                                                                              \
        {"MESSAGE_ID", id},                                                                        \
        {                                                                                          \
            NULL, NULL                                                                             \
        }                                                                                          \
    }

#endif
