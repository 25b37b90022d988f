/* tags_correct.c - no fault: what others in here plant theirs in */
#include "tags.h"
