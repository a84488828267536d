import CZlib

/// Unpacks a stream of gzip members, one after another as `cat a.gz b.gz` makes them.
final class Inflater {
    /// zlib keeps the address, so the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var hasBegun = false
    /// Whether what was consumed so far ends where a member ends.
    private(set) var isComplete = false

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let gzipOnly: Int32 = 16 + MAX_WBITS
        let status = inflateInit2_(stream, gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot start: out of memory, or a library of another version")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Unpacks as much of the input as fits the output.
    ///
    /// - Returns: How many bytes of the input were read and how many of the output written. All of the input has been
    ///   unpacked once it was read whole and the output was not filled.
    func inflate(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(GzipError) -> (consumed: Int, produced: Int) {
        let source = UnsafeMutablePointer(mutating: input.bindMemory(to: Bytef.self).baseAddress)
        let target = output.bindMemory(to: Bytef.self).baseAddress
        var consumed = 0
        var produced = 0
        while produced < output.count {
            if isComplete {
                // Zeros may pad the end of a member, as tape drives left them.
                while consumed < input.count, input[consumed] == 0 { consumed += 1 }
                guard consumed < input.count else { break }
                inflateReset(stream)
                isComplete = false
            }
            stream.pointee.next_in = source.map { $0 + consumed }
            stream.pointee.avail_in = uInt(input.count - consumed)
            stream.pointee.next_out = target.map { $0 + produced }
            stream.pointee.avail_out = uInt(output.count - produced)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            consumed = input.count - Int(stream.pointee.avail_in)
            produced = output.count - Int(stream.pointee.avail_out)
            switch status {
            case Z_STREAM_END:
                isComplete = true
                hasBegun = true
            case Z_OK, Z_BUF_ERROR:
                if stream.pointee.avail_in == 0 || stream.pointee.avail_out == 0 { return (consumed, produced) }
            default:
                throw hasBegun || stream.pointee.total_in > 10 ? .damaged : .notGzip
            }
        }
        return (consumed, produced)
    }
}
