/* correct.c - nothing is wrong with it */
#include "base.h"
