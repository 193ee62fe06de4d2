#include "CTangent.h"
