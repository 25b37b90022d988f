/*
 * words.c - text and numbers as JSON, CSV and shells want them
 *
 * Valid (RFC 8259, RFC 4180) whatever the names of files and the output of
 * programs contain.
 */
#include "driver/words.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Bytes of a UTF-8 sequence by its first byte; 0: none begins so.  What would
 * be overlong, a surrogate or beyond U+10FFFF is told by the second byte. */
static size_t sequence_length(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        return 2;
    if ((s[0] & 0xf0) == 0xe0) {
        bool overlong = s[0] == 0xe0 && s[1] < 0xa0;
        bool surrogate = s[0] == 0xed && s[1] > 0x9f;
        return overlong || surrogate ? 0 : 3;
    }
    if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        bool overlong = s[0] == 0xf0 && s[1] < 0x90;
        bool beyond = s[0] == 0xf4 && s[1] > 0x8f;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

static size_t valid_sequence(const unsigned char *s)
{
    size_t length = sequence_length(s);
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

static void json_character(FILE *out, unsigned char c)
{
    if (c == '"' || c == '\\')
        fprintf(out, "\\%c", c);
    else if (c == '\n')
        fputs("\\n", out);
    else if (c == '\t')
        fputs("\\t", out);
    else if (c < ' ' || c == 0x7f)
        fprintf(out, "\\u%04x", c);
    else
        putc(c, out);
}

void json_text(FILE *out, const char *text)
{
    if (!text) {
        fputs("null", out);
        return;
    }
    putc('"', out);
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        size_t length = valid_sequence(s);
        if (length == 0)
            fputs("\\ufffd", out);
        else if (length == 1)
            json_character(out, *s);
        else
            fwrite(s, 1, length, out);
        s += length ? length : 1;
    }
    putc('"', out);
}

void json_real(FILE *out, double number)
{
    /* The largest ones, of ten digits, would be read as infinity. */
    if (isfinite(number))
        fprintf(out, "%.*g", fabs(number) < 1e308 ? 10 : 17, number);
    else
        fputs("null", out);
}

void csv_text(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

void shell_text(FILE *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789%+,-./:=@_";
    if (*text && text[strspn(text, plain)] == '\0') {
        fputs(text, out);
        return;
    }
    putc('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else
            putc(*text, out);
    putc('\'', out);
}
