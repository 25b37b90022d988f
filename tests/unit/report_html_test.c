/*
 * report_html_test.c - the album in the page, and what is not HTML's
 */
#define _GNU_SOURCE
#include "tests/unit/report_fixtures.h"

#include <sys/stat.h>
#include <unistd.h>

#include "driver/words.h"

#define DIR "build/tests/scratch/report_html_test"

/* ---- Text -------------------------------------------------------------- */

static char *as_html(const char *text)
{
    char *html = NULL;
    size_t size;
    FILE *out = open_memstream(&html, &size);
    html_text(out, text);
    fclose(out);
    return html;
}

#define REPLACED "\xef\xbf\xbd"

static void test_text(void)
{
    static const struct {
        const char *text, *html;
    } texts[] = {
        {"<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"},
        {"a\tb\nc", "a\tb\nc"},
        {"\001\r\033[\177", REPLACED REPLACED REPLACED "[" REPLACED},
        {"\xc2\x9f\xc2\xa0", REPLACED "\xc2\xa0"},
        {"\xff\xc3\xa9\xc3", REPLACED "\xc3\xa9" REPLACED},
        {"\xef\xb7\x8f\xef\xb7\x90\xef\xb7\xaf\xef\xb7\xb0",
         "\xef\xb7\x8f" REPLACED REPLACED "\xef\xb7\xb0"},
        {"\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf", REPLACED REPLACED REPLACED},
        {"\xee\xbf\xbe", "\xee\xbf\xbe"},
        {"\xf0\x9f\xbf\xbe\xf4\x8f\xbf\xbf\xf0\x90\xbf\xbf",
         REPLACED REPLACED "\xf0\x90\xbf\xbf"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_text(as_html(texts[i].text), texts[i].html, "text as HTML");
}

static void test_start(void)
{
    char *html = NULL;
    size_t size;
    FILE *out = open_memstream(&html, &size);
    html_start(out, "a<\xc3\xa9", 3);
    fclose(out);
    check_text(html, "a&lt;" REPLACED, "the start of a text, cut in a letter");
}

/* ---- Pictures ---------------------------------------------------------- */

static const struct plot_kind all = {
    .name = "all", .title = "All & more", .text = "Bars."};
static const struct plot_kind one = {
    .name = "one", .title = "One", .text = "A <curve>."};
static const struct plot_kind two = {
    .name = "two", .title = "Two", .text = "A map."};

static struct plot_picture pictures[] = {
    {.kind = &one, .trace = "x", .name = (char[]){"one-x"}, .drawn = true},
    {.kind = &one, .trace = "<y>", .name = (char[]){"one-y"}, .drawn = true},
    {.kind = &two,
     .trace = "x",
     .allocator = "mm",
     .name = (char[]){"two-x-mm"},
     .drawn = true},
    {.kind = &two,
     .trace = "x",
     .allocator = "\"b\"",
     .name = (char[]){"two-x-b"},
     .drawn = true},
    {.kind = &all, .name = (char[]){"all"}, .drawn = true},
    {.kind = &two, .trace = "z", .name = (char[]){"two-z"}},
};

static void write_file(const char *name, const char *byte, size_t count)
{
    char path[256];
    snprintf(path, sizeof path, DIR "/%s", name);
    FILE *out = fopen(path, "w");
    for (size_t i = 0; out && i < count; i++)
        fputs(byte, out);
    if (!out || fclose(out) != 0)
        check(false, path, "it cannot be written");
}

static void make_files(void)
{
    if (system("rm -rf " DIR " && mkdir -p " DIR) != 0)
        check(false, DIR, "it cannot be made");
    write_file("one-x.svg", "<svg>", 1);
    write_file("one-y.svg", "", 0);
    mkdir(DIR "/two-x-mm.svg", 0777);
    write_file("all.svg", "ab", 2);
}

/* The section of a page with its pictures. */
__attribute__((noinline)) static char *cut_section(const char *page)
{
    const char *section = strstr(page, "<section id=\"pictures\">");
    const char *end = section ? strstr(section, "<section id=\"made\">") : NULL;
    return end ? strndup(section, (size_t)(end - section)) : strdup("");
}

/* That of a page with this album. */
static char *pictured(const struct plot_album *album)
{
    struct report report = report_of(0, 1);
    report.album = album;
    char *page = exported("html", &report), *section = cut_section(page);
    free(page);
    return section;
}

/* clang-format off */
static const char album_text[] =
    "<section id=\"pictures\">\n"
    "<h2>Pictures</h2>\n"
    "<p class=\"missing\">1 picture was not drawn: there was no gnuplot. Data and scripts are in <code>" DIR "</code>.</p>\n"
    "<h3>All &amp; more</h3>\n"
    "<p>Bars.</p>\n"
    "<figure>\n"
    "<div class=\"scroll\"><img alt=\"All &amp; more\" decoding=\"async\" src=\"data:image/svg+xml;base64,YWJhYg==\"></div>\n"
    "</figure>\n"
    "<h3>Trace by trace</h3>\n"
    "<details>\n"
    "<summary>x</summary>\n"
    "<h4>One</h4>\n"
    "<p>A &lt;curve&gt;.</p>\n"
    "<figure>\n"
    "<div class=\"scroll\"><img alt=\"One, x\" decoding=\"async\" src=\"data:image/svg+xml;base64,PHN2Zz4=\"></div>\n"
    "<figcaption>One &middot; x</figcaption>\n"
    "</figure>\n"
    "<h4>Two</h4>\n"
    "<p>A map.</p>\n"
    "<p class=\"missing\">Two, x, mm: expected a picture in " DIR "/two-x-mm.svg, found: Invalid argument</p>\n"
    "<p class=\"missing\">Two, x, &quot;b&quot;: expected a picture in " DIR "/two-x-b.svg, found: No such file or directory</p>\n"
    "</details>\n"
    "<details>\n"
    "<summary>&lt;y&gt;</summary>\n"
    "<h4>One</h4>\n"
    "<p>A &lt;curve&gt;.</p>\n"
    "<p class=\"missing\">One, &lt;y&gt;: expected a picture in " DIR "/one-y.svg, found: nothing in it</p>\n"
    "</details>\n"
    "</section>\n";
/* clang-format on */

static void test_album(void)
{
    struct plot_album album = {DIR, 7, pictures, 6};
    make_files();
    check_text(pictured(&album), album_text, "an album");
    album.count = 0;
    check_text(pictured(&album),
               "<section id=\"pictures\">\n<h2>Pictures</h2>\n"
               "<p class=\"missing\">There was nothing to draw.</p>\n"
               "</section>\n",
               "an empty album");
    album.kinds = 0;
    check_text(pictured(&album), "", "no pictures asked for");
    check_text(pictured(NULL), "", "no album");
}

/* The bytes of files of one length become so many characters. */
static void test_base64(void)
{
    static const struct {
        size_t count;
        const char *end;
    } files[] = {{1, "PA=="},        {2, "PDw="},        {3, "PDw8"},
                 {3071, "PDw8PDw="}, {3072, "PDw8PDw8"}, {3073, "PDw8PA=="}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char end[64];
        struct plot_album album = {DIR, 1, &pictures[4], 1};
        write_file("all.svg", "<", files[i].count);
        char *text = pictured(&album), *from = strstr(text, "base64,");
        char *quote = from ? strstr(from, "\">") : NULL;
        snprintf(end, sizeof end, "%s\"></div>", files[i].end);
        check_int(quote ? quote - from - 7 : 0,
                  (long long)(files[i].count + 2) / 3 * 4, "base64: length");
        check(strstr(text, end), "base64: end", "%zu bytes: %s", files[i].count,
              text);
        free(text);
    }
}

/* Where SVG takes more than is good for a page, large ones give way. */
static void test_thrift(void)
{
    struct plot_album album = {DIR, 1, pictures, 2};
    write_file("one-x.svg", "<svg>", 1300000);
    write_file("one-x.png", "png", 1);
    write_file("one-y.svg", "<svg>", 1);
    write_file("one-y.png", "png", 1);
    char *text = pictured(&album);
    check(strstr(text, "alt=\"One, x\" decoding=\"async\" "
                       "src=\"data:image/png;base64,cG5n\""),
          "a large SVG is shown as PNG", "%s", text);
    check(strstr(text, "alt=\"One, &lt;y&gt;\" decoding=\"async\" "
                       "src=\"data:image/svg+xml;base64,PHN2Zz4=\""),
          "a small one as it is", "%s", text);
    free(text);
    unlink(DIR "/one-x.png");
    text = pictured(&album);
    check(strstr(text, "alt=\"One, x\" decoding=\"async\" "
                       "src=\"data:image/svg+xml;base64,PHN2"),
          "and a large one without a PNG", "%.300s", text);
    free(text);
    write_file("one-x.svg", "<svg>", 60000);
    write_file("one-x.png", "png", 1);
    text = pictured(&album);
    check(strstr(text, "image/svg+xml;base64,PHN2") &&
              !strstr(text, "image/png"),
          "a page that is not too large is all SVG", "%.300s", text);
    free(text);
}

int main(void)
{
    test_text();
    test_start();
    test_album();
    test_base64();
    test_thrift();
    return check_done();
}
