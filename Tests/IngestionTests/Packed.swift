import CZlib

/// Packs a text as one gzip member.
func packed(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    var stream = z_stream()
    var output = [UInt8](repeating: 0, count: bytes.count + 1024)
    let version = ZLIB_VERSION
    bytes.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            deflateInit2_(
                &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, version,
                Int32(MemoryLayout<z_stream>.size))
            stream.next_in = input.baseAddress
            stream.avail_in = uInt(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = uInt(output.count)
            deflate(&stream, Z_FINISH)
            deflateEnd(&stream)
        }
    }
    return Array(output[..<Int(stream.total_out)])
}
