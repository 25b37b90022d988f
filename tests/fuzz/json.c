/*
 * json.c - whether a text is JSON, by the letter of RFC 8259
 *
 * Each function steps over what it names, and returns where it ends, or NULL
 * after it has noted where it does not go on.  The text ends with a byte 0,
 * which is in no value.
 */
#include "tests/fuzz/json.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static const char *wrong;

static const char *fail(const char *at)
{
    wrong = at;
    return NULL;
}

static const char *blanks(const char *at)
{
    return at + strspn(at, " \t\n\r");
}

/* ---- Numbers and words ------------------------------------------------- */

static const char *digits(const char *at)
{
    if (!isdigit((unsigned char)*at))
        return fail(at);
    return at + strspn(at, "0123456789");
}

static const char *number(const char *at)
{
    at += *at == '-';
    at = *at == '0' ? at + 1 : digits(at);
    if (at && *at == '.')
        at = digits(at + 1);
    if (at && (*at == 'e' || *at == 'E')) {
        at++;
        at = digits(at + (*at == '+' || *at == '-'));
    }
    return at;
}

static const char *word(const char *at)
{
    static const char *const words[] = {"true", "false", "null"};
    for (int i = 0; i < 3; i++)
        if (strncmp(at, words[i], strlen(words[i])) == 0)
            return at + strlen(words[i]);
    return fail(at);
}

/* ---- Strings ----------------------------------------------------------- */

static const char *escape(const char *at)
{
    if (*at == 'u' && strspn(at + 1, "0123456789abcdefABCDEF") >= 4)
        return at + 5;
    return *at && strchr("\"\\/bfnrt", *at) ? at + 1 : fail(at);
}

/* One character as UTF-8 (RFC 3629, section 4). */
static const char *character(const char *at)
{
    const unsigned char *c = (const unsigned char *)at;
    if (*c < 0x80)
        return *c < 0x20 ? fail(at) : at + 1;
    int more = *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : 1;
    bool good = *c >= 0xc2 && *c <= 0xf4;
    good &= !(*c == 0xe0 && c[1] < 0xa0) && !(*c == 0xed && c[1] > 0x9f);
    good &= !(*c == 0xf0 && c[1] < 0x90) && !(*c == 0xf4 && c[1] > 0x8f);
    for (int i = 1; good && i <= more; i++)
        good = (c[i] & 0xc0) == 0x80;
    return good ? at + 1 + more : fail(at);
}

static const char *string(const char *at)
{
    if (*at != '"')
        return fail(at);
    at++;
    while (at && *at != '"')
        at = *at == '\\' ? escape(at + 1) : character(at);
    return at ? at + 1 : NULL;
}

/* ---- Values ------------------------------------------------------------ */

static const char *value(const char *at);

static const char *member(const char *at)
{
    at = string(at);
    if (!at)
        return NULL;
    at = blanks(at);
    return *at == ':' ? value(at + 1) : fail(at);
}

/* What stands between brackets, separated by commas. */
static const char *list(const char *at, char end,
                        const char *(*element)(const char *at))
{
    at = blanks(at + 1);
    if (*at == end)
        return at + 1;
    while ((at = element(blanks(at)))) {
        at = blanks(at);
        if (*at == end)
            return at + 1;
        if (*at != ',')
            return fail(at);
        at++;
    }
    return NULL;
}

static const char *value(const char *at)
{
    at = blanks(at);
    if (*at == '{')
        return list(at, '}', member);
    if (*at == '[')
        return list(at, ']', value);
    if (*at == '"')
        return string(at);
    return isalpha((unsigned char)*at) ? word(at) : number(at);
}

const char *json_error(const char *text, size_t size)
{
    const char *end = value(text);
    if (!end)
        return wrong;
    end = blanks(end);
    return end == text + size ? NULL : end;
}
