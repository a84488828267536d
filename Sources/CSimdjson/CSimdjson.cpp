#include "CSimdjson.h"

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <memory>

using namespace simdjson;

// A parser per thread needs no lock: a parse and the walk over its tape never suspend.
static thread_local std::unique_ptr<dom::parser> parser;

// Growing by doubling, so that bodies of slowly rising length do not allocate each time.
static error_code reserve(size_t count, size_t depth) {
    size_t capacity = 64 * 1024;
    while (capacity < count) capacity *= 2;
    if (parser->capacity() < capacity || parser->max_depth() != depth) {
        if (auto error = parser->allocate(capacity, depth)) return error;
    }
    return parser->doc.capacity() < capacity ? parser->doc.allocate(capacity) : SUCCESS;
}

static CSimdjsonOutcome outcome(error_code error) {
    switch (error) {
    case SUCCESS: return CSimdjsonSuccess;
    case DEPTH_ERROR: return CSimdjsonTooDeep;
    case NUMBER_ERROR: return CSimdjsonNumber;
    case UTF8_ERROR: return CSimdjsonUTF8;
    case MEMALLOC:
    case CAPACITY: return CSimdjsonMemory;
    default: return CSimdjsonOther;
    }
}

CSimdjsonOutcome CSimdjsonParse(const uint8_t *bytes, size_t count, size_t depth, CSimdjsonDocument *document) {
    if (!parser) parser.reset(new (std::nothrow) dom::parser());
    if (!parser || count > SIMDJSON_MAXSIZE_BYTES) return CSimdjsonMemory;
    auto error = reserve(count, depth);
    if (!error) error = parser->parse(bytes, count, true).error();
    document->tape = parser->doc.tape.get();
    document->strings = parser->doc.string_buf.get();
    return outcome(error);
}

void CSimdjsonRelease(void) { parser.reset(); }
