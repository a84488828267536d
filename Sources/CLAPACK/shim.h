// Complex numbers of C have no counterpart in Swift; no function that needs them is used.
#define LAPACK_COMPLEX_CUSTOM
#define lapack_complex_float float
#define lapack_complex_double double
#include <lapacke.h>
#include <cblas.h>
