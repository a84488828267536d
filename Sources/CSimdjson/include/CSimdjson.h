#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parsed document: simdjson's tape and the strings that it points into.
///
/// Both stay valid until the next call of this module on the same thread.
typedef struct {
    const uint64_t *tape;
    const uint8_t *strings;
} CSimdjsonDocument;

/// How a parse ended; `CSimdjsonOther` is a failure that only a look at the text can explain.
typedef enum {
    CSimdjsonSuccess,
    CSimdjsonTooDeep,
    CSimdjsonNumber,
    CSimdjsonUTF8,
    CSimdjsonMemory,
    CSimdjsonOther,
} CSimdjsonOutcome;

/// Parses with this thread's own parser, which is kept, so that its buffers are allocated once.
///
/// Nesting deeper than `depth` is an error. `bytes` need no padding.
CSimdjsonOutcome CSimdjsonParse(const uint8_t *bytes, size_t count, size_t depth, CSimdjsonDocument *document);

/// Frees the buffers of this thread's parser: after a rare large document they would stay for ever.
void CSimdjsonRelease(void);

#ifdef __cplusplus
}
#endif

#endif
