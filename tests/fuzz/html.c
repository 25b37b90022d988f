/*
 * html.c - whether a page is well-formed HTML
 *
 * More strictly than a browser asks: every element is ended, but for the void
 * ones; attributes are quoted; <, > and & stand as such in no text.
 */
#include "tests/fuzz/html.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define DEPTH 32

/* An element that has begun. */
struct element {
    const char *name;
    size_t length;
};

struct nest {
    struct element elements[DEPTH];
    size_t depth;
};

static bool is_named(const char *name, size_t length, const char *word)
{
    return strlen(word) == length && strncmp(name, word, length) == 0;
}

static bool is_void(const char *name, size_t length)
{
    return is_named(name, length, "meta") || is_named(name, length, "img");
}

static size_t name_length(const char *at)
{
    return strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

char html_entity(const char **at)
{
    static const struct {
        const char *text;
        char of;
    } entities[] = {{"&lt;", '<'},
                    {"&gt;", '>'},
                    {"&amp;", '&'},
                    {"&quot;", '"'},
                    {"&#39;", '\''}};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        size_t length = strlen(entities[i].text);
        if (strncmp(*at, entities[i].text, length) == 0) {
            *at += length;
            return entities[i].of;
        }
    }
    return 0;
}

/* Behind the text at `at`, to one of the characters of end; NULL: it is none.
 */
static const char *text(const char *at, const char *end)
{
    while (*at && !strchr(end, *at)) {
        if (*at == '&' && html_entity(&at))
            continue;
        if (strchr("<>&", *at) || *at == 0x7f ||
            ((unsigned char)*at < ' ' && *at != '\n' && *at != '\t'))
            return NULL;
        at++;
    }
    return at;
}

/* Behind ` name="value"`, or ` name`. */
static const char *attribute(const char *at)
{
    size_t length = name_length(++at);
    if (length == 0)
        return NULL;
    at += length;
    if (*at != '=')
        return at;
    at = at[1] == '"' ? text(at + 2, "\"") : NULL;
    return at && *at ? at + 1 : NULL;
}

static const char *begin(struct nest *n, const char *at)
{
    const char *name = at;
    size_t length = name_length(name);
    at += length;
    while (at && *at == ' ')
        at = attribute(at);
    if (!at || *at != '>' || length == 0 || n->depth == DEPTH)
        return NULL;
    if (!is_void(name, length))
        n->elements[n->depth++] = (struct element){name, length};
    return at + 1;
}

/* The element that what follows stands in; an empty name outside of all. */
static struct element innermost(const struct nest *n)
{
    return n->depth ? n->elements[n->depth - 1] : (struct element){"", 0};
}

static const char *end(struct nest *n, const char *at)
{
    size_t length = name_length(at);
    struct element last = innermost(n);
    if (n->depth == 0 || last.length != length ||
        strncmp(last.name, at, length) != 0 || at[length] != '>')
        return NULL;
    n->depth--;
    return at + length + 1;
}

/* A style sheet is no text: '>' is a word of it. */
static const char *content(const struct nest *n, const char *at)
{
    struct element last = innermost(n);
    if (is_named(last.name, last.length, "style"))
        return at + strcspn(at, "<");
    return text(at, "<");
}

const char *html_error(const char *page)
{
    static const char doctype[] = "<!DOCTYPE html>\n";
    struct nest n = {.depth = 0};
    if (strncmp(page, doctype, strlen(doctype)) != 0)
        return page;
    const char *at = page + strlen(doctype), *from = at;
    while (at && *at) {
        from = at;
        if (*at != '<')
            at = content(&n, at);
        else if (at[1] == '/')
            at = end(&n, at + 2);
        else
            at = begin(&n, at + 1);
    }
    if (!at)
        return from;
    return n.depth ? at : NULL;
}
