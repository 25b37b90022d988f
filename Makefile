# make            ./mdriver, ./rep and what they load
# make run        build and run ./mdriver -t traces
# make test       everything that a commit must keep
# make bench      how fast the driver itself is
# make test-sanitize  the tests with ASan and UBSan, some under valgrind
# make coverage   which lines the tests run, in build/coverage
# make debug      the same programs with ASan and UBSan, in build/debug
# make fuzz       what reads and writes files, under clang's libFuzzer, for
#                 FUZZ_SECONDS (default 60) each
# make soak       SOAK_REQUESTS (default 10^7) random requests on each
#                 allocator, all of the heap looked at after each
# make plot       draw every picture in build/plots; TRACE="lua my.rep" and
#                 MM="implicit ../their/mm.c" say of what
# make report     the same as one page that can be sent, build/report.html;
#                 without TRACE only those pictures that show all of MM
# make docs-pictures  draw the pictures of docs (with gnuplot)
# make docs-zoo   docs/zoo.md, from what the tests of faults and attacks print
# make traces     record and generate the traces anew
# make traces-large  those of 10^6 to 10^7 requests, in build/traces-large
# make install    to PREFIX (default /usr/local), DESTDIR is heeded
# make clean

CC ?= cc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local

# Where the programs go; $(OUT)/build holds all else.
OUT := .
B := $(OUT)/build

STD := -std=gnu11
WARN := -Wall -Wextra -Wshadow -Werror
SANITIZE :=

# How an allocator is built, here and by `mdriver -m FILE.c`.  Calls inside it
# bind to itself, as they would if it were linked into a program.
ALLOCATOR_CFLAGS := -std=gnu11 -O2 -g -fPIC -shared -nostartfiles \
	-fno-semantic-interposition -Wl,-Bsymbolic $(SANITIZE)

# The recorder is as fast whatever the rest is built for.
RECORDER_CFLAGS := -O2 -g

ALL_CFLAGS = $(STD) $(WARN) $(CFLAGS) $(SANITIZE) -I. -MMD -MP
LDLIBS := -lm

DRIVER_SRC := memlib.c memguard.c $(wildcard driver/*.c)
RECORDER_SRC := tools/record/record_preload.c tools/record/record_live.c
REP_SRC := $(filter-out $(RECORDER_SRC) tools/workloads/%, \
	$(wildcard tools/*.c tools/*/*.c))
DRIVER_OBJ := $(DRIVER_SRC:%.c=$B/obj/%.o)
REP_OBJ := $(REP_SRC:%.c=$B/obj/%.o)

# Allocators that are another's source with other choices: the file and what
# the compiler is told.
VARIANTS := implicit-next implicit-best explicit-address \
	explicit-best explicit-address-best \
	buddy-fibonacci
variant_implicit-next := implicit.c -DPLACEMENT=NEXT_FIT
variant_implicit-best := implicit.c -DPLACEMENT=BEST_FIT
variant_explicit-address := explicit.c -DORDER=BY_ADDRESS
variant_explicit-best := explicit.c -DFIT=BEST_FIT
variant_explicit-address-best := explicit.c -DORDER=BY_ADDRESS -DFIT=BEST_FIT
variant_buddy-fibonacci := buddy.c -DSYSTEM=FIBONACCI

ALLOCATORS := $B/allocators/mm.so $(VARIANTS:%=$B/allocators/%.so) \
	$(patsubst allocators/%.c,$B/allocators/%.so,$(wildcard allocators/*.c))
PROGRAMS := $(OUT)/mdriver $(OUT)/rep $B/record.so

.PHONY: all run test bench debug traces traces-large install clean \
	docs-pictures docs-zoo compile_commands.json
all: $(PROGRAMS) $(ALLOCATORS)

# Allocators find memlib in the program; nothing else of it is theirs to see,
# and how it calls libc is not theirs to change.
EXPORT := -Wl,--export-dynamic-symbol='mem_*' -Wl,-z,relro,-z,now

$(OUT)/mdriver: $B/obj/mdriver.o $(DRIVER_OBJ)
	$(CC) $(CFLAGS) $(SANITIZE) $(EXPORT) -o $@ $^ $(LDLIBS)

$(OUT)/rep: $(REP_OBJ) $(DRIVER_OBJ)
	$(CC) $(CFLAGS) $(SANITIZE) $(EXPORT) -o $@ $^ $(LDLIBS)

$B/obj/driver/compile.o: ALL_CFLAGS += \
	-DALLOCATOR_CFLAGS='"$(ALLOCATOR_CFLAGS)"'

$B/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$B/allocators/mm.so: mm.c mm.h memlib.h config.h Makefile
	@mkdir -p $(@D)
	$(CC) $(ALLOCATOR_CFLAGS) $(WARN) -I. -o $@ $<

$B/allocators/%.so: allocators/%.c mm.h memlib.h config.h Makefile
	@mkdir -p $(@D)
	$(CC) $(ALLOCATOR_CFLAGS) $(WARN) -I. -o $@ $<

define variant_rule
$B/allocators/$1.so: allocators/$(firstword $(variant_$1)) mm.h memlib.h \
    config.h Makefile
	@mkdir -p $$(@D)
	$$(CC) $$(ALLOCATOR_CFLAGS) $$(WARN) -I. \
	    $(wordlist 2,$(words $(variant_$1)),$(variant_$1)) -o $$@ $$<
endef
$(foreach variant,$(VARIANTS),$(eval $(call variant_rule,$(variant))))

$B/record.so: $(RECORDER_SRC) tools/record/record_live.h \
	tools/record/record.h Makefile
	@mkdir -p $(@D)
	$(CC) $(STD) $(WARN) $(RECORDER_CFLAGS) -fPIC -fvisibility=hidden -shared \
	    -I. -o $@ $(RECORDER_SRC) -ldl

run: all
	$(OUT)/mdriver -t traces

# ---- Tests ----------------------------------------------------------------

UNIT := $(patsubst tests/unit/%.c,$B/tests/%,$(wildcard tests/unit/*_test.c))
SCRIPTS := $(sort $(wildcard tests/*.t))

$B/tests/%: tests/unit/%.c $(DRIVER_OBJ)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(EXPORT) -o $@ $< $(DRIVER_OBJ) $(LDLIBS)

.PHONY: unit-tests coverage test-sanitize
unit-tests: $(UNIT)

test: all unit-tests fuzz-targets
	tests/run $(UNIT) $(SCRIPTS)

# Both in copies of the tree, below build.
coverage:
	tests/coverage/run

test-sanitize:
	tests/sanitize/run

# ---- Fuzzing and soaking ---------------------------------------------------

# The files that are fuzzed are compiled anew, with sanitizers; with them goes
# main.c, or with clang its libFuzzer.
F := $B/fuzz
FUZZ_CC := $(CC)
FUZZ_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_MAIN := tests/fuzz/main.c tests/fuzz/mutate.c
FUZZ_SECONDS := 60
FUZZ_TARGETS := trace import report words
SOAK_REQUESTS := 10000000
SOAK_SEED := 1

FUZZED := $(wildcard driver/trace*.c driver/report*.c tools/import/*.c \
	tools/blocks*.c) tools/record/record_convert.c tools/rep.c driver/words.c \
	driver/grid.c driver/outfile.c tests/fuzz/fuzz.c tests/fuzz/json.c \
	tests/fuzz/html.c
FUZZ_OBJ := $(FUZZED:%.c=$F/obj/%.o) $(FUZZ_MAIN:%.c=$F/obj/%.o)
FUZZ_REST := $(filter-out $(FUZZED:%.c=$B/obj/%.o), $(REP_OBJ) $(DRIVER_OBJ))

$F/obj/tools/rep.o: ALL_CFLAGS += -Dmain=rep_main
$F/obj/driver/trace_source.o: ALL_CFLAGS += '-DBLOCK=(size_t)512'
$F/obj/driver/trace_write.o: ALL_CFLAGS += '-DBUFFER=(size_t)256'

$F/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(ALL_CFLAGS) -O1 $(FUZZ_SANITIZE) -c -o $@ $<

$(FUZZ_TARGETS:%=$F/%): $F/%: $F/obj/tests/fuzz/%.o $(FUZZ_OBJ) $(FUZZ_REST)
	$(FUZZ_CC) $(CFLAGS) $(SANITIZE) $(FUZZ_SANITIZE) -Wl,--wrap=read \
	    -o $@ $^ $(LDLIBS)

.PHONY: fuzz fuzz-targets fuzz-run soak
fuzz-targets: $(FUZZ_TARGETS:%=$F/%)

fuzz-run: fuzz-targets
	tests/fuzz/run $F $(FUZZ_SECONDS) $(FUZZ_TARGETS)

fuzz:
	$(MAKE) F=$B/fuzz-clang FUZZ_CC=clang FUZZ_MAIN= fuzz-run \
	    FUZZ_SANITIZE='-fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all'

soak: all
	tests/soak --bin $(OUT) --requests $(SOAK_REQUESTS) --seed $(SOAK_SEED)

# ---- Measuring the driver itself ------------------------------------------

$B/bench/bench: tests/bench.c $(DRIVER_OBJ)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(EXPORT) -o $@ $< $(DRIVER_OBJ) $(LDLIBS)

$B/bench/bench_record: tests/bench_record.c $B/obj/driver/stats.o
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $< $B/obj/driver/stats.o $(LDLIBS)

bench: all $B/bench/bench $B/bench/bench_record
	tests/bench.sh $B

# ---- Variants -------------------------------------------------------------

# leak checks off: a child ends where its last step ends
debug:
	$(MAKE) OUT=build/debug CFLAGS='-O1 -g -fno-omit-frame-pointer' \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined'

traces: all
	tools/make-traces.sh

traces-large: all
	tools/make-traces.sh --large $B/traces-large

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/mdriver/allocators \
	    $(DESTDIR)$(PREFIX)/include/mdriver/driver/classic \
	    $(DESTDIR)$(PREFIX)/share/mdriver/traces \
	    $(DESTDIR)$(PREFIX)/share/mdriver/plot
	install mdriver rep $(DESTDIR)$(PREFIX)/bin
	install -m 644 build/record.so $(DESTDIR)$(PREFIX)/lib/mdriver
	install -m 644 $(ALLOCATORS) $(DESTDIR)$(PREFIX)/lib/mdriver/allocators
	install -m 644 mm.h memlib.h config.h $(DESTDIR)$(PREFIX)/include/mdriver
	install -m 644 driver/classic/mm.h driver/classic/memlib.h \
	    $(DESTDIR)$(PREFIX)/include/mdriver/driver/classic
	install -m 644 traces/* $(DESTDIR)$(PREFIX)/share/mdriver/traces
	install -m 644 plot/*.gp $(DESTDIR)$(PREFIX)/share/mdriver/plot

# ---- Pictures (with gnuplot) ----------------------------------------------

# Of which traces, names of those in traces or paths, and which allocators.
TRACE := $(basename $(notdir $(wildcard traces/*.rep)))
MM := mm implicit segregated buddy

TRACE_FILES = $(foreach t,$(TRACE),$(or $(wildcard traces/$t.rep),$t))
PICTURES := overhead heapmap fragmentation latency utilization pareto

# That a trace failed is told, and keeps nothing else from being drawn.
.PHONY: plot
plot: all
	$(OUT)/mdriver --quiet --plot-dir $B/plots $(PICTURES:%=--plot %) \
	    $(MM:%=-m %) -l $(TRACE_FILES) || test $$? -eq 1
	$(OUT)/rep info --plot-dir $B/plots --plot all $(TRACE_FILES)
	BIN=$(OUT) PLOTS=$B/plots plot/scaling.sh $(MM) libc

# A page to be sent: a heap map of each allocator on every trace would make it
# some 20 MB.
REPORT_PICTURES = $(if $(filter file,$(origin TRACE)), \
	utilization pareto overhead latency,$(PICTURES))
.PHONY: report
report: all
	$(OUT)/mdriver --quiet --compare --bound --plot-dir $B/plots \
	    $(REPORT_PICTURES:%=--plot %) --html $B/report.html \
	    $(MM:%=-m %) -l $(TRACE_FILES) || test $$? -eq 1
	@echo $B/report.html

docs-pictures: all
	BIN=$(OUT) PLOTS=$B/docs plot/docs.sh

# The tables of the zoos.
docs-zoo: all
	@mkdir -p $B/tests
	perl tests/faults.t >$B/tests/faults.t.log
	perl tests/hostile.t >$B/tests/hostile.t.log
	tests/zoo $B/tests/faults.t.log $B/tests/hostile.t.log >docs/zoo.md

compile_commands.json:
	bear -- $(MAKE) -B all

clean:
	rm -rf build mdriver rep compile_commands.json

-include $(wildcard $B/obj/*.d $B/obj/*/*.d $B/obj/*/*/*.d $B/tests/*.d \
	$B/bench/*.d $F/obj/*/*.d $F/obj/*/*/*.d)
