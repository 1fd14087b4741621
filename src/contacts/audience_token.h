/* SPDX-License-Identifier: MIT */
/* audience_token: the words and signs of an audience expression. */
#ifndef CONVIER_CONTACTS_AUDIENCE_TOKEN_H
#define CONVIER_CONTACTS_AUDIENCE_TOKEN_H

#include "base/text.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUOTED,
    TOKEN_OR,
    TOKEN_AND,
    TOKEN_MINUS,
    TOKEN_NOT,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_EQUAL,
    TOKEN_UNEQUAL,
    TOKEN_CONTAINS,
    TOKEN_CONTAINS_NOT,
    TOKEN_COMMA,      /* no part of the language; so that the message can say what to write */
    TOKEN_OPEN_QUOTE, /* a quote that is not closed */
};

struct token {
    enum token_kind kind;
    struct text text; /* of a word, or between the quotes */
    int column;       /* 1-based, in characters */
};

/* Takes the next token off rest; *column is moved on with it and starts at 1. */
struct token audience_token_next(struct text *rest, int *column);

#endif
