// Counts the heap allocations of a program: LD_PRELOAD this, and the count stands on the error output at the end.
//
// Every call that hands out memory counts as one: malloc, calloc, a realloc (it may move), and the aligned ones.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_ulong count;

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void *(*next_aligned_alloc)(size_t, size_t);
static int (*next_posix_memalign)(void **, size_t, size_t);

// dlsym may itself allocate before it has found the first of them.
static char early[1 << 16];
static size_t early_used;

static void *early_allocate(size_t size) {
    size_t start = (early_used + 15) & ~(size_t)15;
    if (start + size > sizeof early) abort();
    early_used = start + size;
    return early + start;
}

static int is_early(const void *memory) { return (const char *)memory >= early && (const char *)memory < early + sizeof early; }

static void find(void) {
    static _Thread_local int is_finding;
    if (is_finding) return;
    is_finding = 1;
    next_calloc = dlsym(RTLD_NEXT, "calloc");
    next_realloc = dlsym(RTLD_NEXT, "realloc");
    next_aligned_alloc = dlsym(RTLD_NEXT, "aligned_alloc");
    next_posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
    next_malloc = dlsym(RTLD_NEXT, "malloc");
    is_finding = 0;
}

void *malloc(size_t size) {
    if (!next_malloc) find();
    if (!next_malloc) return early_allocate(size);
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return next_malloc(size);
}

void *calloc(size_t number, size_t size) {
    if (!next_malloc) find();
    if (!next_malloc) return memset(early_allocate(number * size), 0, number * size);
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return next_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    if (!next_malloc) find();
    if (is_early(memory) || !next_malloc) {
        void *moved = malloc(size);
        if (memory && moved) {
            size_t left = (size_t)(early + sizeof early - (char *)memory);
            memcpy(moved, memory, size < left ? size : left);
        }
        return moved;
    }
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return next_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    if (!next_malloc) find();
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return next_aligned_alloc(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (!next_malloc) find();
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return next_posix_memalign(memory, alignment, size);
}

void free(void *memory) {
    static void (*next_free)(void *);
    if (!memory || is_early(memory)) return;
    if (!next_free) next_free = dlsym(RTLD_NEXT, "free");
    next_free(memory);
}

__attribute__((destructor)) static void tell(void) { fprintf(stderr, "allocations: %lu\n", atomic_load(&count)); }
