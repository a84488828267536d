/// Unpacks gzip (RFC 1952): request bodies at once, files piece by piece.
package enum Gzip {
    /// Whether the bytes begin as gzip does.
    package static func isPacked(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

    /// The unpacked bytes.
    ///
    /// - Parameter limit: Of the result. A small body may unpack to gigabytes; unpacking stops as soon as it exceeds this.
    package static func unpacked(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
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
