/*
 * report_html_pictures.c - the album in the page
 *
 * A picture is the SVG file that gnuplot left, as the data of an img element
 * and not as an element of the page: whatever a file holds, its ids, styles and
 * scripts stay in it, and the page is well-formed.  A file that cannot be read
 * is a line in the page.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/report_parts.h"

/* ---- Base64 (RFC 4648) --------------------------------------------------- */

/* n bytes, 1 to 3, as four characters. */
static void put_group(FILE *out, const unsigned char *bytes, size_t n)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = (unsigned)bytes[0] << 16;
    bits |= n > 1 ? (unsigned)bytes[1] << 8 : 0;
    bits |= n > 2 ? bytes[2] : 0;
    for (size_t i = 0; i < 4; i++)
        putc(i <= n ? digits[bits >> (18 - 6 * i) & 63] : '=', out);
}

/* Groups must not end within a file: the blocks but the last are whole. */
#define BLOCK 3072

static void put_base64(FILE *out, FILE *in, unsigned char *block, size_t size)
{
    while (size) {
        for (size_t i = 0; i < size; i += 3)
            put_group(out, block + i, size - i < 3 ? size - i : 3);
        size = size < BLOCK ? 0 : fread(block, 1, BLOCK, in);
    }
}

/* ---- One picture --------------------------------------------------------- */

/* NULL, with errno set, unless it is a regular file. */
static FILE *open_picture(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    else {
        FILE *in = fdopen(fd, "r");
        if (in)
            return in;
    }
    int why = errno;
    close(fd);
    errno = why;
    return NULL;
}

static void put_label(FILE *out, const struct plot_picture *p,
                      const char *between)
{
    html_text(out, p->kind->title);
    if (p->trace)
        report_html_put(out, between, p->trace, "");
    if (p->allocator)
        report_html_put(out, between, p->allocator, "");
}

static void put_image(FILE *out, const struct plot_picture *p, FILE *in,
                      unsigned char *block, size_t size)
{
    fputs("<figure>\n<div class=\"scroll\"><img alt=\"", out);
    put_label(out, p, ", ");
    fputs("\" decoding=\"async\" src=\"data:image/svg+xml;base64,", out);
    put_base64(out, in, block, size);
    fputs("\"></div>\n<figcaption>", out);
    put_label(out, p, " &middot; ");
    fputs("</figcaption>\n</figure>\n", out);
}

static void put_missing(FILE *out, const struct plot_picture *p,
                        const char *path, int why)
{
    fputs("<p class=\"missing\">", out);
    put_label(out, p, ", ");
    report_html_put(out, ": expected a picture in ", path, ", found: ");
    report_html_put(out, "", why ? strerror(why) : "nothing in it", "</p>\n");
}

static void put_file(FILE *out, const struct plot_picture *p, const char *path)
{
    unsigned char block[BLOCK];
    errno = 0;
    FILE *in = open_picture(path);
    size_t size = in ? fread(block, 1, BLOCK, in) : 0;
    int why = errno;
    if (size)
        put_image(out, p, in, block, size);
    if (!size || ferror(in))
        put_missing(out, p, path, in && !ferror(in) ? 0 : why);
    if (in)
        fclose(in);
}

static void put_picture(FILE *out, const struct plot_album *album,
                        const struct plot_picture *p)
{
    char *path;
    if (!p->drawn)
        return;
    if (asprintf(&path, "%s/%s.svg", album->dir, p->name) < 0) {
        put_missing(out, p, p->name, ENOMEM);
        return;
    }
    put_file(out, p, path);
    free(path);
}

/* ---- All of them --------------------------------------------------------- */

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Those of one kind on one trace, or on all (NULL), under their heading. */
static void put_kind(FILE *out, const struct plot_album *album,
                     const struct plot_kind *kind, const char *trace,
                     const char *heading)
{
    bool first = true;
    for (size_t i = 0; i < album->count; i++) {
        const struct plot_picture *p = &album->pictures[i];
        if (p->kind != kind || !is_same(p->trace, trace) || !p->drawn)
            continue;
        if (first) {
            fprintf(out, "<%s>", heading);
            report_html_put(out, "", kind->title, "");
            fprintf(out, "</%s>\n", heading);
            report_html_put(out, "<p>", kind->text, "</p>\n");
        }
        put_picture(out, album, p);
        first = false;
    }
}

/* Whether the i-th is the first with its trace, or its kind where that is
 * asked for, of those that were drawn. */
static bool is_first(const struct plot_album *album, size_t i, bool of_kind)
{
    const struct plot_picture *p = &album->pictures[i];
    for (size_t k = 0; k < i; k++) {
        const struct plot_picture *q = &album->pictures[k];
        if (q->drawn && is_same(q->trace, p->trace) &&
            (!of_kind || q->kind == p->kind))
            return false;
    }
    return p->drawn;
}

static void put_trace(FILE *out, const struct plot_album *album,
                      const char *trace, const char *heading)
{
    for (size_t i = 0; i < album->count; i++)
        if (is_same(album->pictures[i].trace, trace) &&
            is_first(album, i, true))
            put_kind(out, album, album->pictures[i].kind, trace, heading);
}

static void put_traces(FILE *out, const struct plot_album *album)
{
    bool any = false;
    for (size_t i = 0; i < album->count; i++) {
        const char *trace = album->pictures[i].trace;
        if (!trace || !is_first(album, i, false))
            continue;
        if (!any)
            fputs("<h3>Trace by trace</h3>\n", out);
        any = true;
        report_html_put(out, "<details>\n<summary>", trace, "</summary>\n");
        put_trace(out, album, trace, "h4");
        fputs("</details>\n", out);
    }
}

/* What could be drawn where gnuplot is. */
static void put_undrawn(FILE *out, const struct plot_album *album)
{
    size_t undrawn = 0;
    for (size_t i = 0; i < album->count; i++)
        undrawn += !album->pictures[i].drawn;
    if (album->count == 0)
        fputs("<p class=\"missing\">There was nothing to draw.</p>\n", out);
    if (undrawn == 0)
        return;
    fprintf(out,
            "<p class=\"missing\">%zu picture%s not drawn: there was no "
            "gnuplot. Data and scripts are in ",
            undrawn, undrawn == 1 ? " was" : "s were");
    report_html_put(out, "<code>", album->dir, "</code>.</p>\n");
}

void report_html_pictures(FILE *out, const struct plot_album *album)
{
    fputs("<section id=\"pictures\">\n<h2>Pictures</h2>\n", out);
    put_undrawn(out, album);
    put_trace(out, album, NULL, "h3");
    put_traces(out, album);
    fputs("</section>\n", out);
}
