#ifndef CTANGENT_H
#define CTANGENT_H
#endif
