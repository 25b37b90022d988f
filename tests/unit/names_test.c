/*
 * names_test.c - names of files from the names of things, and gnuplot's words
 */
#include "driver/names.h"

#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "driver/words.h"

static void check_name(const char *dir, const char *a, const char *b,
                       const char *expected, const char *what)
{
    char *name = names_new(dir, (const char *[]){a, b, NULL});
    check_str(name, expected, what);
    free(name);
}

/* A file of that name can be made, with its ending. */
static void check_long_names(void)
{
    char name[301], expected[201];
    memset(name, 'x', 300);
    name[300] = '\0';
    name[0] = 'a';
    name[299] = 'z';
    memset(expected, 'x', 200);
    expected[200] = '\0';
    expected[0] = 'a';
    expected[199] = 'z';
    check_name("d", name, NULL, expected, "a long name: start and end");
    expected[199] = '\0';
    name[200] = '\0';
    name[199] = 'x';
    check_name("d", name, NULL, name, "one that is just not too long");
    for (int i = 0; i < 150; i++)
        memcpy(name + 2 * i, "\xc3\xbc", 2);
    char *shorter = names_new("d", (const char *[]){"oo", name, NULL});
    check_int((long long)strlen(shorter), 199, "letters stay whole");
    check_int((long long)utf8_length(shorter + 97), 2,
              "before what is left out");
    check_int((long long)utf8_length(shorter + 99), 2, "and after it");
    free(shorter);
}

static void check_quoted(const char *text, const char *expected,
                         const char *what)
{
    char *quoted = NULL;
    size_t size;
    FILE *out = open_memstream(&quoted, &size);
    gnuplot_text(out, text);
    fclose(out);
    check_str(quoted, expected, what);
    free(quoted);
}

int main(void)
{
    check_name("d", "mm", "lua", "mm-lua", "parts are joined");
    check_name("d", "mm", "lua", "mm-lua.2", "a second one of one name");
    check_name("d", "mm", "lua", "mm-lua.3", "a third one");
    check_name("e", "mm", "lua", "mm-lua", "another directory");
    check_name("d", "../a/b.c", "x", "a.b.c-x", "slashes, and dots ahead");
    check_name("d", "a.b.c", "x", "a.b.c-x.2",
               "the name counts, not its parts");
    check_name("d", "one", NULL, "one", "a single part");
    check_name("d", "/", "..", "-", "parts of which nothing is left");
    check_name("d", "a\nb\x1b[0m\x7f", "\xc3\xbc\xff\xc3",
               "a_b_[0m_-\xc3\xbc__", "control characters, and no UTF-8");
    check_long_names();
    check_quoted("mm", "'mm'", "a word of gnuplot");
    check_quoted("it's $HOME `ls` \"x\" \\n", "'it''s $HOME `ls` \"x\" \\n'",
                 "quotes are doubled, the rest is as it is");
    check_quoted("a\nb\x1b[0m\x7f", "'a?b?[0m?'", "control characters");
    check_quoted("\xc3\xbc \xff \xc3", "'\xc3\xbc ? ?'",
                 "UTF-8 and what is not");
    return check_done();
}
