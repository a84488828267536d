import CZlib

/// Unpacks gzip (RFC 1952): request bodies at once, files piece by piece.
public enum Gzip {
    /// Whether the bytes begin as gzip does.
    public static func isPacked(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

    /// The unpacked bytes.
    ///
    /// - Parameter limit: Of the result. A small body may unpack to gigabytes; unpacking stops as soon as it exceeds this.
    public static func unpacked(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        let inflater = Inflater()
        var unpacked: [UInt8] = []
        var rest = bytes[...]
        var piece = [UInt8](repeating: 0, count: min(64 * 1024, limit + 1))
        while true {
            let step = rest.withUnsafeBytes { input in
                piece.withUnsafeMutableBytes { output in
                    Result { () throws(GzipError) in try inflater.inflate(input, into: output) }
                }
            }
            let (consumed, produced) = try step.get()
            rest.removeFirst(consumed)
            unpacked.append(contentsOf: piece[..<produced])
            if unpacked.count > limit { throw .tooLarge(limit: limit) }
            if produced < piece.count, rest.isEmpty {
                guard inflater.isComplete else { throw .cutShort }
                return unpacked
            }
        }
    }
}

/// Why gzip data cannot be unpacked.
public enum GzipError: Error, Equatable, CustomStringConvertible {
    case notGzip
    case damaged
    case cutShort
    case tooLarge(limit: Int)

    public var description: String {
        switch self {
        case .notGzip:
            "The data are declared as gzip, but are not. Pack them, or do not declare it."
        case .damaged:
            "The gzip data are damaged: their checksum or structure is wrong. Pack and send them again."
        case .cutShort:
            "The gzip data end too early. Send them whole."
        case .tooLarge(let limit):
            "The gzip data unpack to more than \(limit) bytes, which are allowed. Send fewer messages at a time."
        }
    }
}

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
