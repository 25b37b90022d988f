/*
 * words.c - text and numbers as JSON, CSV, HTML, shells and gnuplot want them
 *
 * Valid (RFC 8259, RFC 4180, HTML5) whatever the names of files and the output
 * of programs contain.
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

size_t utf8_length(const char *text)
{
    return valid_sequence((const unsigned char *)text);
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

/* Of a valid sequence: controls beyond ASCII, and U+FDD0 to U+FDEF and the last
 * two of each plane, which are no characters. */
static bool is_no_html(const unsigned char *s, size_t length)
{
    if (length == 2)
        return s[0] == 0xc2 && s[1] < 0xa0;
    if (length == 3 && s[0] == 0xef && s[1] == 0xb7)
        return s[2] >= 0x90 && s[2] <= 0xaf;
    return length > 2 && s[length - 1] >= 0xbe && s[length - 2] == 0xbf &&
           (length == 3 ? s[0] == 0xef : (s[1] & 0x0f) == 0x0f);
}

static void html_character(FILE *out, unsigned char c)
{
    static const char *const names[128] = {['<'] = "&lt;",
                                           ['>'] = "&gt;",
                                           ['&'] = "&amp;",
                                           ['"'] = "&quot;",
                                           ['\''] = "&#39;"};
    if (names[c])
        fputs(names[c], out);
    else if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
        fputs("\xef\xbf\xbd", out);
    else
        putc(c, out);
}

void html_start(FILE *out, const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *)text, *end = s + length;
    while (s < end) {
        size_t bytes = valid_sequence(s);
        if (bytes == 0 || s + bytes > end || is_no_html(s, bytes))
            fputs("\xef\xbf\xbd", out);
        else if (bytes == 1)
            html_character(out, *s);
        else
            fwrite(s, 1, bytes, out);
        s += bytes ? bytes : 1;
    }
}

void html_text(FILE *out, const char *text)
{
    html_start(out, text, strlen(text));
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

void gnuplot_text(FILE *out, const char *text)
{
    putc('\'', out);
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        size_t length = valid_sequence(s);
        if (length == 0 || *s < ' ' || *s == 0x7f)
            putc('?', out);
        else if (*s == '\'')
            fputs("''", out);
        else
            fwrite(s, 1, length, out);
        s += length ? length : 1;
    }
    putc('\'', out);
}
