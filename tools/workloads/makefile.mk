# makefile.mk - what make -n works on: many names, patterns and functions
NUMBERS := 0 1 2 3 4 5 6 7 8 9
PAIRS := $(foreach a,$(NUMBERS),$(foreach b,$(NUMBERS),$a$b))
SOURCES := $(addsuffix .c,$(addprefix src/file,$(PAIRS)))
OBJECTS := $(SOURCES:src/%.c=build/%.o)
LIBRARIES := $(foreach n,$(NUMBERS),build/lib$n.a)
UPPER = $(subst a,A,$(subst b,B,$(subst c,C,$(1))))
CFLAGS_3 = -O3
CFLAGS_7 = -Os -g

.PHONY: all clean $(SOURCES)
all: build/program

build/program: $(LIBRARIES)
	$(info linking $(call UPPER,$(notdir $^)))cc -o $@ $^

define library
build/lib$(1).a: $(filter build/file$(1)%,$(OBJECTS))
	ar rcs $$@ $$(sort $$^)
$(filter build/file$(1)%,$(OBJECTS)): CFLAGS = -O2 $(CFLAGS_$(1))
endef
$(foreach n,$(NUMBERS),$(eval $(call library,$n)))

build/%.o: src/%.c | build
	cc $(CFLAGS) -c -o $@ $< $(patsubst %,-D%=$(words $(OBJECTS)),$(basename $(notdir $@)))

build: ; mkdir -p $@
$(SOURCES): ; @:
