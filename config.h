/*
 * config.h - the numbers one may want to change, each with its reason
 */
#ifndef CONFIG_H
#define CONFIG_H

#define MDRIVER_VERSION "0.1.0"

/* ---- The contract ------------------------------------------------------ */

/* Payloads start at a multiple of this; 8 for sources of the classic dialect,
 * or as --align says. */
#define ALIGNMENT         16
#define ALIGNMENT_CLASSIC 8

/* Address space reserved for a heap.  It costs nothing until it is touched;
 * a block of 2^39 bytes fits.  Classic sources keep pointers in 32 bits. */
#define HEAP_LIMIT         (1ULL << 40)
#define HEAP_LIMIT_CLASSIC (1ULL << 30)

/* Seconds of CPU time that one pass over a trace may take (-s).  A pass that
 * sleeps is given up after TIME_SLACK times as many seconds of wall time, so
 * that a busy machine does not turn a slow allocator into a hung one. */
#define TIME_LIMIT 60
#define TIME_SLACK 4

/* What a run may use beside its heap's address space: MiB of memory that it
 * really touches (--memory), bytes of stack, and bytes of output that are
 * kept. */
#define MEMORY_LIMIT_MIB 6144
#define STACK_LIMIT      (8ULL << 20)
#define OUTPUT_LIMIT     (64ULL << 10)

/* What compiling an mm.c may use: seconds, MiB of address space for each
 * program of the compiler, and MiB of a file that it writes.  Our mm.c takes
 * 0.2 s and 36 MiB. */
#define COMPILE_SECONDS    60
#define COMPILE_MEMORY_MIB 2048
#define COMPILE_FILE_MIB   256

/* Seconds of CPU time that a second run may take to find out which request did
 * the damage that the first one saw. */
#define WATCH_SECONDS 10

/* ---- Payload checks ---------------------------------------------------- */

/* Payloads up to PAYLOAD_WHOLE bytes are filled and checked to the last byte.
 * Of larger ones: so many bytes at either end, and PAYLOAD_SAMPLE bytes at
 * each power of two and halfway to the next. */
#define PAYLOAD_WHOLE  (256ULL << 10)
#define PAYLOAD_END    (64ULL << 10)
#define PAYLOAD_SAMPLE 64

/* ---- Measuring --------------------------------------------------------- */

/* A trace is timed in so many sittings, each in new processes on a new heap; a
 * sitting makes balanced rounds (allocator, libc, libc, allocator), as many as
 * SPEED_SECONDS of CPU time for all sittings allow.  12 sittings give a median
 * an interval of 96% between the 3rd and the 10th; below 6 there is none of
 * 95%, so fewer are made only where they would take more than SPEED_PATIENCE
 * seconds of CPU time. */
#define SPEED_SITTINGS   12
#define SPEED_ROUNDS_MAX 4
#define SPEED_SECONDS    0.35
#define SPEED_PATIENCE   6.0

/* Passes of each trace that look like timed ones and are not: they show
 * whether an allocator keeps payloads when it believes nobody looks. */
#define SPEED_INSPECTIONS 2

/* The cost of a single request is the least of so many passes: an interrupt
 * hits few requests, and hardly the same one each time.  Once there are
 * LATENCY_PASSES_MIN no pass begins after LATENCY_SECONDS. */
#define LATENCY_PASSES     7
#define LATENCY_PASSES_MIN 3
#define LATENCY_SECONDS    5.0

/* The clock in an allocator's process is believed up to this part, and so many
 * nanoseconds, below what the kernel's books say.  (Honest ones differ by 4 to
 * 13 us, more where the machine is busy, and where a pass takes 200 us by up to
 * 6%.) */
#define CLOCK_DOUBT    0.05
#define CLOCK_DOUBT_NS 16000

/* Nor is anybody by more than this part faster than who does nothing. */
#define FLOOR_DOUBT 0.25

/* Heaps up to this many bytes are made present, page by page, before they are
 * timed; larger ones may be mostly holes. */
#define TOUCH_LIMIT (1ULL << 30)

/* So many bytes of a heap are dirty before it is timed. */
#define DIRT_LIMIT (64ULL << 20)

/* ---- The score --------------------------------------------------------- */

/* performance index = 100 * (UTIL_WEIGHT * U + (1 - UTIL_WEIGHT) * T), where U
 * is the mean utilization, 0 at UTIL_MIN and 1 at UTIL_MAX, and T the
 * geometric mean of the ratio to libc, 0 at RATIO_MIN and 1 at RATIO_MAX.
 * The ratio instead of requests per second: it is the same on every machine.
 * An allocator at .90 and as fast as libc deserves all points. */
#define UTIL_WEIGHT 0.60
#define UTIL_MIN    0.00
#define UTIL_MAX    0.90
#define RATIO_MIN   0.00
#define RATIO_MAX   1.00

/* Where ./mdriver -t is told nothing else; where --plot is. */
#define TRACE_DIR "traces"
#define PLOT_DIR  "build/plots"

#endif
