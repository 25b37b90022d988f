/* footer_in_16_bits.c - a free block of 64 KiB or more is merged from above as
 * if it were smaller */
#define TAG unsigned short
#include "tags.h"
