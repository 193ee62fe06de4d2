#include "CTangentVector.h"
