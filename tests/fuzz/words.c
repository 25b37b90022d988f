/*
 * words.c - fuzz target: any text as JSON, CSV, HTML and shells want it
 *
 * What is written says again what it was made of.
 */
#define _GNU_SOURCE
#include "driver/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/html.h"
#include "tests/fuzz/json.h"

typedef void writer(FILE *out, const char *text);

static void write_text(struct fuzz_stream *s, writer *write, const char *text)
{
    write(fuzz_stream(s), text);
    fuzz_text(s);
}

/* ---- JSON -------------------------------------------------------------- */

/* The byte that an escape of json_text stands for; 0: U+FFFD. */
static char unescape(const char **at)
{
    char letter = *(*at)++;
    if (letter == 'n')
        return '\n';
    if (letter == 't')
        return '\t';
    if (letter != 'u')
        return letter;
    char digits[5] = {0};
    memcpy(digits, *at, 4);
    *at += 4;
    unsigned long code = strtoul(digits, NULL, 16);
    fuzz_require(code < 0x80 || code == 0xfffd, "\\u%s", digits);
    return code < 0x80 ? (char)code : 0;
}

/* Character for character; where U+FFFD stands was a byte above 127. */
static void check_json(const char *text)
{
    struct fuzz_stream s;
    write_text(&s, json_text, text);
    const char *wrong = json_error(s.text, s.size);
    fuzz_require(!wrong, "no JSON from byte %zu on: %s",
                 wrong ? (size_t)(wrong - s.text) : 0, s.text);
    const char *at = s.text + 1, *end = s.text + s.size - 1;
    while (at < end) {
        bool escaped = *at == '\\';
        at += escaped;
        char c = escaped ? unescape(&at) : *at++;
        fuzz_require(c ? c == *text : (*text & 0x80) != 0,
                     "0x%02x became 0x%02x", *text & 0xff, c & 0xff);
        text++;
    }
    fuzz_require(!*text, "not all of it is there: %s", s.text);
    free(s.text);
}

/* Its ten digits tell it from all that differ by more. */
static void check_real(const uint8_t *data, size_t size)
{
    struct fuzz_stream s;
    double number = 0;
    memcpy(&number, data, size < sizeof number ? size : sizeof number);
    json_real(fuzz_stream(&s), number);
    fuzz_text(&s);
    fuzz_require(!json_error(s.text, s.size), "no JSON: %s", s.text);
    if (!isfinite(number))
        fuzz_require(strcmp(s.text, "null") == 0, "not finite: %s", s.text);
    else
        fuzz_require(fabs(strtod(s.text, NULL) - number) <=
                         fabs(number) * 1e-9 + 1e-320,
                     "%g became %s", number, s.text);
    free(s.text);
}

/* ---- CSV --------------------------------------------------------------- */

/* RFC 4180: the one field of a line. */
static void check_csv(const char *text)
{
    struct fuzz_stream s;
    write_text(&s, csv_text, text);
    bool quoted = s.text[0] == '"';
    const char *at = s.text + quoted;
    for (; *text; text++, at++) {
        bool special = strchr(",\"\r\n", *text) != NULL;
        fuzz_require(quoted || !special, "not quoted: %s", s.text);
        at += quoted && *at == '"';
        fuzz_require(*at == *text, "another text: %s", s.text);
    }
    fuzz_require(strcmp(at, quoted ? "\"" : "") == 0, "another end: %s",
                 s.text);
    free(s.text);
}

/* ---- HTML -------------------------------------------------------------- */

static bool is_ascii_text(char c)
{
    return (c >= ' ' && c < 0x7f) || c == '\n' || c == '\t';
}

/* Nothing that HTML takes for its own, and all of ASCII that it has a place
 * for. */
static void check_html(const char *text)
{
    struct fuzz_stream s;
    write_text(&s, html_text, text);
    for (const char *at = s.text; *at;) {
        char c = *at == '&' ? html_entity(&at) : *at++;
        fuzz_require(c && (c & 0x80 || is_ascii_text(c)), "no HTML: %s",
                     s.text);
        fuzz_require(at[-1] == ';' || !strchr("<>\"'", c), "not escaped: %s",
                     s.text);
        if (c & 0x80)
            continue;
        while (*text && !is_ascii_text(*text))
            text++;
        fuzz_require(c == *text, "another text: %s", s.text);
        text++;
    }
    while (*text && !is_ascii_text(*text))
        text++;
    fuzz_require(!*text, "not all of it is there: %s", s.text);
    free(s.text);
}

/* ---- Shells ------------------------------------------------------------ */

/* POSIX: within '...' each character is itself; \' is a quote; other
 * characters only where they mean nothing. */
static void check_shell(const char *text)
{
    struct fuzz_stream s;
    bool quoted = false;
    write_text(&s, shell_text, text);
    fuzz_require(s.size > 0, "no word");
    for (const char *at = s.text; *at; at++) {
        if (*at == '\'') {
            quoted = !quoted;
            continue;
        }
        fuzz_require(quoted || !strchr(" \t\n|&;<>()$`\"*?[#~!{}^", *at),
                     "not quoted: %s", s.text);
        at += !quoted && *at == '\\';
        fuzz_require(*at == *text, "another word: %s", s.text);
        text++;
    }
    fuzz_require(!quoted && !*text, "no end: %s", s.text);
    free(s.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    fuzz_require(text, "no memory for the text");
    check_json(text);
    check_real(data, size);
    check_csv(text);
    check_html(text);
    check_shell(text);
    free(text);
    return 0;
}
