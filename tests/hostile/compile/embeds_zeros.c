/* embeds_zeros.c - tries to have the assembler put a file without end into the
 * object.  Must not get: more memory or disk than config.h allows. */
#include "../../faulty/base.h"
__asm__(".data\n.incbin \"/dev/zero\"\n.text");
