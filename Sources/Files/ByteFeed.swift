#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Bytes of a file or a pipe, unpacked where they are gzip.
package final class ByteFeed {
    /// Fills the buffer as far as there is something now; 0 bytes are the end.
    package typealias Source = (UnsafeMutableRawBufferPointer) throws(FileError) -> Int

    private let source: Source
    private let close: () -> Void
    private var inflater: Inflater?
    /// Packed bytes, of which those from `start` to `end` are still to be unpacked.
    private var packed = [UInt8](repeating: 0, count: 64 * 1024)
    private var start = 0
    private var end = 0
    private var hasBegun = false

    package init(_ source: @escaping Source, close: @escaping () -> Void = {}) {
        self.source = source
        self.close = close
    }

    deinit { close() }

    /// The file at that path; `-` is the standard input.
    package convenience init(path: String) throws(FileError) {
        let descriptor = try Descriptor(path: path)
        self.init { buffer throws(FileError) in
            try descriptor.read(into: buffer)
        } close: {
            descriptor.end()
        }
    }

    /// Fills the buffer as far as there is something now; 0 bytes are the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        if !hasBegun { try begin() }
        guard let inflater else {
            guard start < end else { return try source(buffer) }
            let count = min(end - start, buffer.count)
            buffer.copyBytes(from: packed[start..<start + count])
            start += count
            return count
        }

        while true {
            let step = packed.withUnsafeBytes { packed in
                Result { () throws(GzipError) in
                    try inflater.inflate(UnsafeRawBufferPointer(rebasing: packed[start..<end]), into: buffer)
                }
            }
            switch step {
            case .failure(let error): throw .gzip(error)
            case .success(let (consumed, produced)):
                start += consumed
                if produced > 0 { return produced }
            }
            guard start == end else { continue }
            try refill()
            if end == 0 {
                guard inflater.isComplete else { throw .gzip(.cutShort) }
                return 0
            }
        }
    }

    /// Reads until the first two bytes are there, which tell whether the bytes are packed.
    private func begin() throws(FileError) {
        hasBegun = true
        try refill()
        if end == 1 { end += try pull(from: 1) }
        if Gzip.isPacked(packed[..<end]) { inflater = Inflater() }
    }

    private func refill() throws(FileError) {
        start = 0
        end = try pull(from: 0)
    }

    private func pull(from index: Int) throws(FileError) -> Int {
        let source = source
        let result = packed.withUnsafeMutableBytes { packed in
            Result { () throws(FileError) in
                try source(UnsafeMutableRawBufferPointer(rebasing: packed[index...]))
            }
        }
        return try result.get()
    }
}

/// An open file of the operating system.
private struct Descriptor {
    let number: Int32

    init(path: String) throws(FileError) {
        number = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .cannotRead(reason: String(cString: strerror(errno))) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            #if canImport(Darwin)
                let count = Darwin.read(number, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.read(number, buffer.baseAddress, buffer.count)
            #else
                let count = Glibc.read(number, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR else { throw .cannotRead(reason: String(cString: strerror(errno))) }
        }
    }

    func end() {
        if number != STDIN_FILENO { _ = close(number) }
    }
}
