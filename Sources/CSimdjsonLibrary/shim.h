// simdjson is C++: only `Sources/CSimdjson/CSimdjson.cpp` includes its header. This module carries the link flags.
