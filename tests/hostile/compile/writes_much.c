/* writes_much.c - tries to have the compiler write 10 GB.  Must not get: a file
 * longer than config.h allows. */
#include "../../faulty/base.h"
__asm__(".data\n.rept 1250000000\n.quad 1\n.endr\n.text");
