#include "CTangent.h"

extern const char *const qtg_compiler;
const char *const qtg_compiler = __VERSION__;
