/*
 * compile_test.c - sources of every dialect, and those that are none
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/compile.h"
#include "tests/check.h"

static char dir[] = "/tmp/compile_test-XXXXXX";
static char home[4096];

static const char *in_dir(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static const char *put(const char *name, const char *text)
{
    const char *path = in_dir(name);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    return path;
}

/* Names in dir, which is TMPDIR too, that begin so. */
static int names(const char *begin)
{
    int n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *e; (e = readdir(d));)
        n += strncmp(e->d_name, begin, strlen(begin)) == 0;
    closedir(d);
    return n;
}

static void forget(struct compiled *c)
{
    compile_remove(c->scratch);
    check(access(c->scratch, F_OK) != 0, "the scratch directory is removed",
          "%s", c->scratch);
    free(c->object);
    free(c->scratch);
}

/* dialect: c for classic, i for mem_sbrk(int), b for a checker that answers. */
static void check_good(const char *path, const char *dialect, const char *name)
{
    struct compiled c;
    char *error = NULL, found[4] = "";
    bool good = compile_source(&c, path, home, &error);
    if (!check(good, name, "%s", error ? error : "silent")) {
        free(error);
        return;
    }
    snprintf(found, sizeof found, "%s%s%s", c.classic ? "c" : "",
             c.sbrk_takes_int ? "i" : "", c.checker_answers ? "b" : "");
    check_str(found, dialect, name);
    check(access(c.object, R_OK) == 0, "the object is there", "%s", c.object);
    check(strncmp(c.scratch, dir, strlen(dir)) == 0, "in TMPDIR", "%s",
          c.scratch);
    forget(&c);
}

#define BODY                                                                   \
    "void *mm_malloc(size_t n) { return mem_sbrk(n); }\n"                      \
    "void mm_free(void *p) { (void)p; }\n"                                     \
    "void *mm_realloc(void *p, size_t n) { return mem_sbrk(n); }\n"

static const char modern[] = "#include \"mm.h\"\n"
                             "#include \"memlib.h\"\n"
                             "bool mm_init(void) { return true; }\n" BODY
                             "bool mm_checkheap(int l) { return l >= 0; }\n";

static const char classic[] =
    "#include <stdio.h>\n"
    "#include \"mm.h\"\n"
    "#include \"memlib.h\"\n"
    "team_t team = {\"t\", \"a\", \"b\", \"\", \"\"};\n"
    "int mm_init(void) { return 0; }\n" BODY
    "void mm_checkheap(int verbose) {}\n";

static const char alone[] =
    "#include <stddef.h>\n"
    "extern void *mem_sbrk(int incr);\n"
    "int mm_init(void) { return mem_sbrk(16) == (void *)-1 ? -1 : 0; }\n" BODY;

static void test_dialects(void)
{
    check_good(put("modern.c", modern), "b", "the modern dialect");
    check_good(put("classic.c", classic), "ci",
               "the classic one, without its headers");
    check_good(put("alone.c", alone), "ci", "one without headers at all");
}

static const char renaming[] =
    "#include \"mm.h\"\n"
    "#include \"memlib.h\"\n"
    "#ifdef DRIVER\n"
    "#define malloc mm_malloc\n"
    "#define free mm_free\n"
    "#define realloc mm_realloc\n"
    "#endif\n"
    "bool mm_init(void) { return true; }\n"
    "void *malloc(size_t n) { return mem_sbrk(n); }\n"
    "void free(void *p) { (void)p; }\n"
    "void *realloc(void *p, size_t n) { return malloc(n); }\n"
    "bool mm_checkheap(int l) { return true; }\n";

static void test_tolerance(void)
{
    check_good(put("renaming.c", renaming), "b", "names made by DRIVER");
    char text[2048];
    snprintf(text, sizeof text,
             "%sint unused; static int x(void) { int y; "
             "return y; }\nint z, z;\n",
             modern);
    check_good(put("warnings.c", text), "b", "a source full of warnings");
}

/* Headers beside the source win. */
static void test_own_headers(void)
{
    mkdir(in_dir("own"), 0700);
    put("own/mm.h", "#include <stdio.h>\n"
                    "extern int mm_init(void);\nint shared_number;\n");
    put("own/memlib.h", "void *mem_sbrk(int incr);\n");
    check_good(put("own/mm.c",
                   "#include \"mm.h\"\n#include \"memlib.h\"\n"
                   "int mm_init(void) { return shared_number; }\n" BODY),
               "ci", "headers of its own");
    unlink(in_dir("own/mm.h"));
    unlink(in_dir("own/memlib.h"));
    unlink(in_dir("own/mm.c"));
    rmdir(in_dir("own"));
}

static void test_paths(void)
{
    check_good(put("a b.c", modern), "b", "a space in the path");
    check_good(put("it's \"$HOME\" `id`;.c", modern), "b",
               "quotes and worse in the path");
    check_good(put("-o.c", modern), "b", "a name like an option");
}

/* ---- Failures ---------------------------------------------------------- */

static char *complaint(const char *path)
{
    struct compiled c;
    char *error = NULL;
    check(!compile_source(&c, path, home, &error), "it does not compile",
          "it does");
    check_int(names("mdriver-"), 0, "and leaves nothing behind");
    return error;
}

static void check_error(const char *path, const char *why, const char *name)
{
    char expected[512], *error = complaint(path);
    snprintf(expected, sizeof expected, "%s: %s", path, why);
    check_str(error, expected, name);
    free(error);
}

static void test_not_a_source(void)
{
    const char *path = put("bad.c", "int x = ;\n" BODY);
    char begin[512], *error = complaint(path);
    snprintf(begin, sizeof begin,
             "%s: expected a source that compiles; the compiler says:\n", path);
    check(error && strncmp(error, begin, strlen(begin)) == 0,
          "the complaint names the file", "%s", error ? error : "none");
    check(error && strstr(error, "bad.c:1:") && strstr(error, "int x = ;"),
          "and quotes the compiler", "%s", error ? error : "none");
    free(error);
}

static void test_failures(void)
{
    test_not_a_source();
    check_error(in_dir("none.c"), "No such file or directory", "no file");
    setenv("CC", "false", 1);
    check_error(put("modern.c", modern),
                "expected a source that compiles; the compiler says: "
                "nothing, but it failed",
                "a compiler that fails");
    setenv("CC", "cc -DEXTRA=1", 1);
    char text[1024] = "#if EXTRA != 1\n#error EXTRA\n#endif\n";
    check_good(put("extra.c", strcat(text, modern)), "b",
               "a compiler with arguments");
    unsetenv("CC");
    setenv("TMPDIR", "/nowhere", 1);
    check_error(put("modern.c", modern),
                "no directory to compile in: No such file or directory",
                "no directory for scratch");
    setenv("TMPDIR", dir, 1);
}

int main(void)
{
    if (!mkdtemp(dir) || !getcwd(home, sizeof home)) {
        perror(dir);
        return 1;
    }
    setenv("TMPDIR", dir, 1);
    unsetenv("CC");
    test_dialects();
    test_tolerance();
    test_own_headers();
    test_paths();
    test_failures();
    static const char *const files[] = {"modern.c",
                                        "classic.c",
                                        "alone.c",
                                        "renaming.c",
                                        "warnings.c",
                                        "a b.c",
                                        "it's \"$HOME\" `id`;.c",
                                        "-o.c",
                                        "bad.c",
                                        "extra.c"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(in_dir(files[i]));
    check(rmdir(dir) == 0, "nothing else was left behind", "something was");
    return check_done();
}
