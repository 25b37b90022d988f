/*
 * allocator_test.c - what -m names is found, told apart and loaded
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/allocator.h"
#include "driver/compile.h"
#include "memlib.h"
#include "tests/check.h"

static char dir[] = "/tmp/allocator_test-XXXXXX";
static char home[4096];

static const char *in_dir(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

/* A shared object of this source, as dir/NAME; what it is compiled in is
 * removed at once. */
static const char *make_object(const char *name, const char *text)
{
    struct compiled c;
    char *error = NULL;
    FILE *f = fopen(in_dir("x.c"), "w");
    fputs(text, f);
    fclose(f);
    bool good = compile_source(&c, in_dir("x.c"), home, &error);
    unlink(in_dir("x.c"));
    if (check(good, "it compiles", "%s", error ? error : "silent")) {
        rename(c.object, in_dir(name));
        compile_remove(c.scratch);
        free(c.object);
        free(c.scratch);
    }
    free(error);
    return in_dir(name);
}

#define BASE                                                                   \
    "#include \"mm.h\"\n"                                                      \
    "#include \"memlib.h\"\n"                                                  \
    "#include <string.h>\n"                                                    \
    "void *mm_malloc(size_t n) { return mem_sbrk((n + 15) & ~15UL); }\n"       \
    "void *mm_realloc(void *p, size_t n) { return mm_malloc(n); }\n"

static const char modern[] =
    BASE "char dirt[4096];\n"
         "bool mm_init(void) { memset(dirt, 1, 4096); return true; }\n"
         "void mm_free(void *p) { (void)p; }\n"
         "void *mm_memalign(size_t a, size_t n) { return (void *)(a + n); }\n"
         "bool mm_checkheap(int l) { return l == 7; }\n";

static const char classic[] =
    "#include <stddef.h>\n"
    "void *mem_sbrk(int n);\n"
    "struct { char *name; } team = {\"t\"};\n"
    "int mm_init(void) { return INIT; }\n"
    "void *mm_malloc(size_t n) { return mem_sbrk((n + 7) & ~7); }\n"
    "void mm_free(void *p) { (void)p; }\n"
    "void *mm_realloc(void *p, size_t n) { return mm_malloc(n); }\n"
    "int mm_checkheap(int l) { return 0; }\n";

/* ---- Finding ----------------------------------------------------------- */

static void check_not_found(const char *spec, const char *why, const char *name)
{
    struct allocator a;
    char *error = NULL, expected[512];
    snprintf(expected, sizeof expected, "%s: %s", spec, why);
    check(!allocator_find(&a, spec, &error), name, "it was found");
    check_str(error, expected, name);
    check(!a.name && !a.object && !a.scratch, "nothing is left to release",
          "something is");
    free(error);
}

static void test_not_found(void)
{
    static const char no_name[] =
        "expected a name that --list prints, a .c file or a .so file";
    check_not_found("nonesuch", no_name, "a name of nothing");
    check_not_found("", no_name, "no name");
    check_not_found("../mm", no_name, "a path without an ending");
    check_not_found("/nowhere/x.so", "No such file or directory", "no file");
    const char *path =
        make_object("lacks.so", BASE "bool mm_init(void) { return 1; }\n");
    check_not_found(path,
                    "expected mm_free to be defined, found nothing of that "
                    "name",
                    "an object without mm_free");
    unlink(path);
}

static bool find(struct allocator *a, const char *spec)
{
    char *error = NULL;
    bool good = allocator_find(a, spec, &error);
    check(good, "it is found", "%s", error ? error : "silent");
    free(error);
    return good;
}

static void test_facts(void)
{
    struct allocator a;
    if (find(&a, make_object("modern.so", modern))) {
        check(!a.classic && !a.sbrk_takes_int && a.checker_answers &&
                  a.has_memalign,
              "a modern object", "another dialect");
        check(a.static_bytes >= 4096 && a.static_bytes < 4200,
              "its static data", "%llu", (unsigned long long)a.static_bytes);
        allocator_release(&a);
    }
    char text[1024] = "#define INIT 0\n";
    if (find(&a, make_object("classic.so", strcat(text, classic)))) {
        check(a.classic && a.sbrk_takes_int && !a.checker_answers &&
                  !a.has_memalign,
              "an object with a team is classic", "another dialect");
        allocator_release(&a);
    }
    if (find(&a, "libc")) {
        check(a.kind == ALLOCATOR_LIBC && a.has_memalign, "libc", "not libc");
        allocator_release(&a);
        allocator_release(&a);
    }
}

static void test_list(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    allocator_list(out);
    fclose(out);
    check(size >= 5 && strcmp(text + size - 5, "libc\n") == 0,
          "the list ends with libc", "%s", text);
    free(text);
}

/* ---- Loading, in a child ----------------------------------------------- */

static struct allocator_calls calls;

/* Run a body in a child; its number of failed checks comes back. */
static void in_child(bool (*body)(void), const struct allocator *a,
                     const char *name)
{
    mem_create(MEM_LOW, 1 << 20);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        _exit(allocator_load(a, &calls) ? !body() : 2);
    int status = -1;
    waitpid(pid, &status, 0);
    check_int(status, 0, name);
    mem_deinit();
}

static bool try_modern(void)
{
    size_t overflow = SIZE_MAX / 2 + 1;
    bool good = calls.init() && calls.heap_bytes(1) == 0;
    char *p = calls.malloc(100);
    good = good && p == mem_heap_lo() && calls.heap_bytes(1) == 112;
    memset(p, 9, 100);
    p = calls.calloc(3, 10); /* made of malloc: it has none */
    good = good && p && p[0] == 0 && p[29] == 0 && !calls.calloc(overflow, 2);
    good = good && calls.memalign(64, 5) == (void *)69;
    return good && calls.checkheap(7) && !calls.checkheap(8);
}

static bool try_classic(void)
{
    intptr_t before = (intptr_t)mem_sbrk(0);
    bool good = calls.init();
    good = good && calls.memalign(4096, 5) == (void *)before;
    good = good && mem_sbrk((intptr_t)0x500000008) != (void *)-1;
    return good && mem_heapsize() == 16 && calls.checkheap(1);
}

static bool try_failing_init(void)
{
    return !calls.init();
}

static bool try_libc(void)
{
    char *p = calls.malloc(10), *q = calls.memalign(256, 10);
    bool good =
        calls.init() && p && (uintptr_t)q % 256 == 0 && !calls.checkheap;
    p = calls.realloc(p, 100);
    calls.free(p);
    calls.free(q);
    return good;
}

static bool try_noop(void)
{
    return calls.init() && !calls.malloc(1) && !calls.calloc(1, 1) &&
           !calls.memalign(8, 1) && calls.realloc(&calls, 1) == &calls &&
           !calls.heap_bytes && !calls.checkheap;
}

static void try_object(const char *spec, bool (*body)(void), const char *name)
{
    struct allocator a;
    if (find(&a, spec)) {
        in_child(body, &a, name);
        allocator_release(&a);
    }
    unlink(spec);
}

static void test_loaded(void)
{
    try_object(in_dir("modern.so"), try_modern, "a modern object works");
    try_object(in_dir("classic.so"), try_classic, "a classic one works");
    char text[1024] = "#define INIT 1\n";
    try_object(make_object("positive.so", strcat(text, classic)), try_classic,
               "1 from a classic mm_init is success");
    strcpy(text, "#define INIT -1\n");
    try_object(make_object("negative.so", strcat(text, classic)),
               try_failing_init, "-1 is failure");
    struct allocator a = {.kind = ALLOCATOR_LIBC};
    in_child(try_libc, &a, "libc works");
    a = allocator_noop();
    in_child(try_noop, &a, "the no-op does nothing");
    allocator_release(&a);
}

/* An object that needs what nobody has. */
static void test_not_loaded(void)
{
    const char *path = make_object(
        "needs.so", BASE "void nobody_has_this(void);\n"
                         "bool mm_init(void) { nobody_has_this(); return 1; }\n"
                         "void mm_free(void *p) { (void)p; }\n");
    struct allocator a;
    if (!find(&a, path))
        return;
    int said = memfd_create("stderr", MFD_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(said, 2);
        _exit(allocator_load(&a, &calls) ? 0 : 42);
    }
    int status = 0;
    char text[512] = "";
    waitpid(pid, &status, 0);
    check(pread(said, text, sizeof text - 1, 0) > 0 &&
              strstr(text, "nobody_has_this"),
          "an object that lacks a symbol says which", "%s", text);
    check_int(WEXITSTATUS(status), 42, "and is not loaded");
    close(said);
    unlink(path);
    allocator_release(&a);
}

int main(void)
{
    if (!mkdtemp(dir) || !getcwd(home, sizeof home)) {
        perror(dir);
        return 1;
    }
    test_not_found();
    test_facts();
    test_list();
    test_loaded();
    test_not_loaded();
    check(rmdir(dir) == 0, "nothing is left behind", "something is");
    return check_done();
}
