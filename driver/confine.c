/*
 * confine.c - what a process that runs an allocator may ask of the kernel
 *
 * The filters are classic BPF programs over struct seccomp_data, see
 * seccomp(2).  One table says what is allowed; what no allocator does by
 * accident raises SIGSYS, so that it can be told; anything else fails with
 * EPERM, as if the user had no right to it.
 */
#define _GNU_SOURCE
#include "driver/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0 /* the numbers below are not known to be right */
#endif

/* ---- The table --------------------------------------------------------- */

/* What libc and the dynamic linker do to load and to run an allocator, and to
 * print and abort. */
static const int allowed[] = {
    SYS_read,
    SYS_write,
    SYS_pread64,
    SYS_readv,
    SYS_writev,
    SYS_lseek,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_faccessat,
    SYS_readlinkat,
    SYS_getcwd,
    SYS_mmap,
    SYS_munmap,
    SYS_mremap,
    SYS_mincore,
    SYS_brk,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_futex,
    SYS_exit,
    SYS_exit_group,
    SYS_uname,
    SYS_getrandom,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_getrusage,
    SYS_times,
    SYS_sysinfo,
    SYS_setitimer,
    SYS_set_robust_list,
    SYS_set_tid_address,
    SYS_rseq,
    SYS_restart_syscall,
#if defined __x86_64__
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_arch_prctl,
    SYS_time,
    SYS_alarm,
    SYS_pause,
#endif
};

/* What no allocator does by accident, and what it is called when it did. */
static const struct {
    int number;
    const char *name;
} forbidden[] = {
    {SYS_clone, "fork or clone"},
    {SYS_clone3, "pthread_create or clone3"},
#if defined __x86_64__
    {SYS_fork, "fork"},
    {SYS_vfork, "vfork"},
#endif
    {SYS_execve, "execve"},
    {SYS_execveat, "execveat"},
    {SYS_ptrace, "ptrace"},
    {SYS_process_vm_readv, "process_vm_readv"},
    {SYS_process_vm_writev, "process_vm_writev"},
    {SYS_socket, "socket"},
    {SYS_socketpair, "socketpair"},
    {SYS_memfd_create, "memfd_create"},
    {SYS_kill, "kill"},
    {SYS_setsid, "setsid"},
    {SYS_prctl, "prctl"},
    {SYS_seccomp, "seccomp"},
    {SYS_bpf, "bpf"},
    {SYS_io_uring_setup, "io_uring_setup"},
};

const char *confine_call_name(int number)
{
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (forbidden[i].number == number)
            return forbidden[i].name;
    return NULL;
}

/* ---- Limits ------------------------------------------------------------ */

static void limit(int resource, rlim_t most)
{
    struct rlimit r;
    getrlimit(resource, &r);
    if (r.rlim_max != RLIM_INFINITY && most > r.rlim_max)
        most = r.rlim_max;
    r.rlim_cur = r.rlim_max = most;
    setrlimit(resource, &r);
}

void confine_limits(void)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_STACK, STACK_LIMIT);
    limit(RLIMIT_FSIZE, OUTPUT_LIMIT);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY);
    if (fd >= 0) {
        /* Where memory runs out all the same, this process goes first. */
        ssize_t ignored = write(fd, "1000", 4);
        (void)ignored;
        close(fd);
    }
}

/* ---- Whether to filter ------------------------------------------------- */

static bool switched_on = true;
static bool filtered; /* this process is: it may not ask any more */

void confine_switch(bool on)
{
    switched_on = on;
}

/* A sanitizer reads its own symbols, and valgrind's own calls are made by the
 * same process. */
bool confine_has_tool(void)
{
#ifdef __SANITIZE_ADDRESS__
    return true;
#elif defined __has_feature
#if __has_feature(address_sanitizer)
    return true;
#endif
#endif
#ifdef RUNNING_ON_VALGRIND
    return RUNNING_ON_VALGRIND;
#else
    const char *preloaded = getenv("LD_PRELOAD");
    return preloaded && strstr(preloaded, "vgpreload");
#endif
}

/* It knows our answers, and goes as far as to look for a program at NULL: a
 * container's own filter may allow the one and not the other. */
static bool kernel_filters(void)
{
    const uint32_t action = SECCOMP_RET_TRAP;
    return ARCHITECTURE &&
           syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) != 0 &&
           errno == EFAULT;
}

enum confine_state confine_state(void)
{
    if (!switched_on)
        return CONFINE_OFF;
    if (confine_has_tool())
        return CONFINE_TOOL;
    return kernel_filters() ? CONFINE_FILTERED : CONFINE_MISSING;
}

/* ---- Programs ---------------------------------------------------------- */

#define PROGRAM_MAX 256

struct program {
    struct sock_filter code[PROGRAM_MAX];
    unsigned short length;
};

#define FAIL(error) (SECCOMP_RET_ERRNO | (error))

static void emit(struct program *p, struct sock_filter instruction)
{
    if (p->length < PROGRAM_MAX)
        p->code[p->length++] = instruction;
}

/* The next instruction is skipped unless the accumulator holds what is asked
 * for. */
static void emit_unless(struct program *p, unsigned test, uint32_t k)
{
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | test | BPF_K, k, 0, 1));
}

static void emit_answer(struct program *p, uint32_t action)
{
    emit(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static void emit_load(struct program *p, size_t offset)
{
    emit(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                         (uint32_t)offset));
}

/* An argument's lower or upper 32 bits; little-endian, as both machines. */
static void emit_load_argument(struct program *p, unsigned i, bool upper)
{
    emit_load(p, offsetof(struct seccomp_data, args) + 8 * i + 4 * upper);
}

static void emit_load_number(struct program *p)
{
    emit_load(p, offsetof(struct seccomp_data, nr));
}

/* Code made for one call: where it is another one, all of that is skipped. */
struct clause {
    struct program *p;
    unsigned short jump;
};

static struct clause begin_clause(struct program *p, int number)
{
    struct clause c = {p, p->length};
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                         (uint32_t)number, 0, 0));
    return c;
}

static void end_clause(struct clause c)
{
    emit_load_number(c.p);
    c.p->code[c.jump].jf = (uint8_t)(c.p->length - 1 - c.jump - 1);
}

/* Another instruction set numbers its calls otherwise. */
static void begin_program(struct program *p)
{
    p->length = 0;
    emit_load(p, offsetof(struct seccomp_data, arch));
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                         ARCHITECTURE, 1, 0));
    emit_answer(p, SECCOMP_RET_KILL_PROCESS);
    emit_load_number(p);
}

/* What cannot be confined does not run. */
static void install(struct program *p)
{
    struct sock_fprog program = {p->length, p->code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
        return;
    perror("no filter of system calls");
    _exit(1);
}

/* ---- While the allocator is loaded ------------------------------------- */

/* Only for reading. */
static void emit_open(struct program *p, int number, unsigned flags_at)
{
    struct clause c = begin_clause(p, number);
    emit_load_argument(p, flags_at, false);
    emit_unless(p, BPF_JSET, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
    emit_answer(p, FAIL(EACCES));
    emit_answer(p, SECCOMP_RET_ALLOW);
    end_clause(c);
}

/* Only itself: abort and assert do that. */
static void emit_signal(struct program *p, int number)
{
    struct clause c = begin_clause(p, number);
    emit_load_argument(p, 0, false);
    emit_unless(p, BPF_JEQ, (uint32_t)getpid());
    emit_answer(p, SECCOMP_RET_ALLOW);
    emit_answer(p, SECCOMP_RET_TRAP);
    end_clause(c);
}

/* To ask for a limit, not to set one. */
static void emit_limits(struct program *p)
{
    struct clause c = begin_clause(p, SYS_prlimit64);
    for (int upper = 0; upper < 2; upper++) {
        emit_load_argument(p, 2, upper);
        emit(p,
             (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0));
        emit_answer(p, FAIL(EPERM));
    }
    emit_answer(p, SECCOMP_RET_ALLOW);
    end_clause(c);
}

/* confine_files comes later. */
static void emit_seccomp(struct program *p)
{
    struct clause c = begin_clause(p, SYS_prctl);
    emit_load_argument(p, 0, false);
    emit_unless(p, BPF_JEQ, PR_SET_NO_NEW_PRIVS);
    emit_answer(p, SECCOMP_RET_ALLOW);
    emit_unless(p, BPF_JEQ, PR_SET_SECCOMP);
    emit_answer(p, SECCOMP_RET_ALLOW);
    emit_answer(p, SECCOMP_RET_TRAP);
    end_clause(c);
}

/* Only the heap becomes writable, as exact as the upper halves of addresses
 * are: nothing else lies within 4 GiB of a heap but by chance.  The dynamic
 * linker asks for less. */
static void emit_protect(struct program *p, uintptr_t lo, uintptr_t hi)
{
    struct clause c = begin_clause(p, SYS_mprotect);
    emit_load_argument(p, 2, false);
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_WRITE,
                                         1, 0));
    emit_answer(p, SECCOMP_RET_ALLOW);
    emit_load_argument(p, 0, true);
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
                                         (uint32_t)(lo >> 32), 0, 1));
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K,
                                         (uint32_t)((hi - 1) >> 32), 0, 1));
    emit_answer(p, FAIL(EPERM));
    emit_answer(p, SECCOMP_RET_ALLOW);
    end_clause(c);
}

/* A page that is given back tells nobody any more that it was used. */
static void emit_advice(struct program *p)
{
    struct clause c = begin_clause(p, SYS_madvise);
    emit_load_argument(p, 2, false);
    emit_unless(p, BPF_JEQ, MADV_REMOVE);
    emit_answer(p, FAIL(EPERM));
    emit_answer(p, SECCOMP_RET_ALLOW);
    end_clause(c);
}

void confine_calls(const void *lo, unsigned long long bytes)
{
    struct program p;
    if (filtered || confine_state() != CONFINE_FILTERED)
        return;
    filtered = true;
    begin_program(&p);
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        emit_unless(&p, BPF_JEQ, (uint32_t)allowed[i]);
        emit_answer(&p, SECCOMP_RET_ALLOW);
    }
    emit_open(&p, SYS_openat, 2);
#if defined __x86_64__
    emit_open(&p, SYS_open, 1);
#endif
    emit_signal(&p, SYS_tgkill);
    emit_signal(&p, SYS_tkill);
    emit_limits(&p);
    emit_advice(&p);
    emit_protect(&p, (uintptr_t)lo, (uintptr_t)lo + bytes);
    emit_seccomp(&p);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        emit_unless(&p, BPF_JEQ, (uint32_t)forbidden[i].number);
        emit_answer(&p, SECCOMP_RET_TRAP);
    }
    emit_answer(&p, FAIL(EPERM));
    install(&p);
}

/* ---- Once it is loaded ------------------------------------------------- */

/* Memory of its own it may have, at a price (see result.h); but it may neither
 * share any nor put it in place of ours. */
static void emit_map(struct program *p, int number, unsigned flags_at,
                     uint32_t flags)
{
    struct clause c = begin_clause(p, number);
    emit_load_argument(p, flags_at, false);
    emit_unless(p, BPF_JSET, flags);
    emit_answer(p, FAIL(EPERM));
    emit_answer(p, SECCOMP_RET_ALLOW);
    end_clause(c);
}

static void emit_never(struct program *p, int number, uint32_t action)
{
    emit_unless(p, BPF_JEQ, (uint32_t)number);
    emit_answer(p, action);
}

void confine_files(void)
{
    struct program p;
    if (!filtered)
        return;
    begin_program(&p);
    emit_never(&p, SYS_openat, FAIL(EACCES));
#if defined __x86_64__
    emit_never(&p, SYS_open, FAIL(EACCES));
#endif
    emit_map(&p, SYS_mmap, 3, MAP_SHARED | MAP_FIXED | MAP_FIXED_NOREPLACE);
    emit_map(&p, SYS_mremap, 3, MREMAP_FIXED);
    emit_never(&p, SYS_prctl, SECCOMP_RET_TRAP);
    emit_answer(&p, SECCOMP_RET_ALLOW);
    install(&p);
}
