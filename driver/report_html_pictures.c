/*
 * report_html_pictures.c - the album in the page
 *
 * A picture is the file that gnuplot left, as the data of an img element and
 * not as an element of the page: whatever an SVG file holds, its ids, styles
 * and scripts stay in it, and the page is well-formed.  A file that cannot be
 * read is a line in the page.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

/* Whole groups, but for the end of a file. */
#define BLOCK 3072

/* ---- Files --------------------------------------------------------------- */

/* -1, with errno set, unless it is a regular file. */
static int open_picture(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
        return fd;
    close(fd);
    errno = EINVAL;
    return -1;
}

/* Up to a block; less at the end, 0 after it; -1, with errno set, on error. */
static ssize_t read_block(int fd, unsigned char *block)
{
    size_t size = 0;
    ssize_t n = 1;
    while (size < BLOCK && n > 0) {
        n = read(fd, block + size, BLOCK - size);
        size += n > 0 ? (size_t)n : 0;
    }
    return n < 0 ? n : (ssize_t)size;
}

/* From the first block, which was read, to the end; false on error. */
static bool put_base64(FILE *out, int fd, unsigned char *block, ssize_t size)
{
    for (; size > 0; size = read_block(fd, block))
        for (ssize_t i = 0; i < size; i += 3)
            put_group(out, block + i, size - i < 3 ? (size_t)(size - i) : 3);
    return size == 0;
}

/* ---- One picture --------------------------------------------------------- */

static void put_label(FILE *out, const struct plot_picture *p,
                      const char *between)
{
    html_text(out, p->kind->title);
    if (p->trace)
        report_html_put(out, between, p->trace, "");
    if (p->allocator)
        report_html_put(out, between, p->allocator, "");
}

static void put_missing(FILE *out, const struct plot_picture *p,
                        const char *path, int why)
{
    fputs("<p class=\"missing\">", out);
    put_label(out, p, ", ");
    report_html_put(out, ": expected a picture in ", path, ", found: ");
    report_html_put(out, "", why ? strerror(why) : "nothing in it", "</p>\n");
}

static bool put_image(FILE *out, const struct plot_picture *p, const char *type,
                      int fd, unsigned char *block, ssize_t size)
{
    fputs("<figure>\n<div class=\"scroll\"><img alt=\"", out);
    put_label(out, p, ", ");
    fprintf(out, "\" decoding=\"async\" src=\"data:image/%s;base64,", type);
    bool good = put_base64(out, fd, block, size);
    fputs("\"></div>\n", out);
    if (p->trace || p->allocator) { /* else the heading has said it */
        fputs("<figcaption>", out);
        put_label(out, p, " &middot; ");
        fputs("</figcaption>\n", out);
    }
    fputs("</figure>\n", out);
    return good;
}

static void put_file(FILE *out, const struct plot_picture *p, const char *path,
                     const char *type)
{
    unsigned char block[BLOCK];
    int fd = open_picture(path);
    ssize_t size = fd < 0 ? -1 : read_block(fd, block);
    if (size <= 0)
        put_missing(out, p, path, size < 0 ? errno : 0);
    else if (!put_image(out, p, type, fd, block, size))
        put_missing(out, p, path, EIO);
    if (fd >= 0)
        close(fd);
}

/* ---- As SVG or PNG ------------------------------------------------------- */

/* The album's SVG files may together have so many bytes, so that the page can
 * be sent by mail.  Where they are more, pictures above the other size are
 * shown as the PNG, if that is smaller: curves of thousands of points. */
#define ALBUM_BYTES   (6L << 20)
#define PICTURE_BYTES (48L << 10)

struct gallery {
    FILE *out;
    const struct plot_album *album;
    bool thrifty;
};

/* DIR/NAME.ending; a path that is cut off names nothing. */
static void name_file(char path[PATH_MAX], const struct gallery *g,
                      const struct plot_picture *p, const char *ending)
{
    int length =
        snprintf(path, PATH_MAX, "%s/%s.%s", g->album->dir, p->name, ending);
    if (length < 0 || length >= PATH_MAX)
        path[0] = '\0';
}

/* In bytes; 0 if there is no such file. */
static off_t size_of(const struct gallery *g, const struct plot_picture *p,
                     const char *ending)
{
    char path[PATH_MAX];
    struct stat st;
    name_file(path, g, p, ending);
    return stat(path, &st) == 0 ? st.st_size : 0;
}

static bool is_thrifty(const struct gallery *g)
{
    off_t bytes = 0;
    for (size_t i = 0; i < g->album->count; i++)
        if (g->album->pictures[i].drawn)
            bytes += size_of(g, &g->album->pictures[i], "svg");
    return bytes > ALBUM_BYTES;
}

static bool is_better_as_png(const struct gallery *g,
                             const struct plot_picture *p)
{
    off_t svg = size_of(g, p, "svg"), png = size_of(g, p, "png");
    return g->thrifty && svg > PICTURE_BYTES && png && png < svg;
}

static void put_picture(const struct gallery *g, const struct plot_picture *p)
{
    char path[PATH_MAX];
    bool png = is_better_as_png(g, p);
    name_file(path, g, p, png ? "png" : "svg");
    put_file(g->out, p, path, png ? "png" : "svg+xml");
}

/* ---- All of them --------------------------------------------------------- */

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Those of one kind on one trace, or on all (NULL), under their heading. */
static void put_kind(const struct gallery *g, const struct plot_kind *kind,
                     const char *trace, const char *heading)
{
    FILE *out = g->out;
    bool first = true;
    for (size_t i = 0; i < g->album->count; i++) {
        const struct plot_picture *p = &g->album->pictures[i];
        if (p->kind != kind || !is_same(p->trace, trace) || !p->drawn)
            continue;
        if (first) {
            fprintf(out, "<%s>", heading);
            report_html_put(out, "", kind->title, "");
            fprintf(out, "</%s>\n", heading);
            report_html_put(out, "<p>", kind->text, "</p>\n");
        }
        put_picture(g, p);
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

static void put_trace(const struct gallery *g, const char *trace,
                      const char *heading)
{
    const struct plot_album *album = g->album;
    for (size_t i = 0; i < album->count; i++)
        if (is_same(album->pictures[i].trace, trace) &&
            is_first(album, i, true))
            put_kind(g, album->pictures[i].kind, trace, heading);
}

static void put_traces(const struct gallery *g)
{
    FILE *out = g->out;
    const struct plot_album *album = g->album;
    bool any = false;
    for (size_t i = 0; i < album->count; i++) {
        const char *trace = album->pictures[i].trace;
        if (!trace || !is_first(album, i, false))
            continue;
        if (!any)
            fputs("<h3>Trace by trace</h3>\n", out);
        any = true;
        report_html_put(out, "<details>\n<summary>", trace, "</summary>\n");
        put_trace(g, trace, "h4");
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
    struct gallery g = {out, album, false};
    g.thrifty = is_thrifty(&g);
    fputs("<section id=\"pictures\">\n<h2>Pictures</h2>\n", out);
    put_undrawn(out, album);
    put_trace(&g, NULL, "h3");
    put_traces(&g);
    fputs("</section>\n", out);
}
