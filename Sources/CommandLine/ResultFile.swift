import Foundation

/// A file that a command writes its result to, the same for every `--output`.
///
/// A regular file is replaced as a whole when all is written, so that nobody reads half of it: beside it, under its own mode,
/// and where the path is a symbolic link, the file it points to. What is no regular file, such as a device or a pipe, is
/// written into; so is a file that the process already has as its standard output or error, one with several names, and one
/// in a folder that takes no other.
final class ResultFile {
    private let path: String
    private var descriptor: Int32 = -1
    /// What is renamed at the end; nil where the file is written into.
    private var replacement: (temporary: String, target: String)?
    private let isBorrowed: Bool

    /// - Throws: `CommandFault`, where nothing can be written there.
    init(_ path: String) throws(CommandFault) {
        self.path = path
        var found = stat()
        let isThere = stat(path, &found) == 0
        if isThere, let own = Self.ownDescriptor(of: found) {
            (descriptor, isBorrowed) = (own, true)
            // What was printed stands before the result.
            fflush(nil)
            return
        }
        isBorrowed = false
        guard !isThere || found.st_mode & S_IFMT == S_IFREG else {
            // A folder is refused here too.
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
            if descriptor < 0 { throw Self.fault(path, errno) }
            return
        }
        if isThere, access(path, W_OK) != 0 { throw Self.fault(path, errno) }
        if isThere, found.st_nlink > 1 {
            descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
            if descriptor < 0 { throw Self.fault(path, errno) }
            return
        }
        let target = try Self.target(of: path)
        let temporary = "\(target).\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).part"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isThere ? 0o600 : 0o666)
        if descriptor >= 0 {
            replacement = (temporary, target)
            // Before anything stands in it. Who owns it can be kept by the superuser alone.
            if isThere {
                _ = fchown(descriptor, found.st_uid, found.st_gid)
                _ = fchmod(descriptor, found.st_mode & 0o7777)
            }
            return
        }
        let reason = errno
        guard isThere else { throw Self.fault(path, reason) }
        descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        if descriptor < 0 { throw Self.fault(path, errno) }
    }

    deinit {
        // Reached with these only where something failed on the way.
        if !isBorrowed, descriptor >= 0 { close(descriptor) }
        if let replacement { unlink(replacement.temporary) }
    }

    /// Writes a whole result.
    ///
    /// - Throws: `CommandFault`, where it cannot be written; a file that would be replaced is then as it was.
    static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(CommandFault) {
        let file = try ResultFile(path)
        try file.append(bytes)
        try file.finish()
    }

    /// - Throws: `CommandFault`, where it cannot be written.
    func append(_ bytes: some Sequence<UInt8>) throws(CommandFault) {
        if let reason = failure(ofWriting: bytes, to: descriptor) { throw Self.fault(path, reason) }
    }

    /// Puts what was written in place; without it nothing changes where a regular file is written.
    ///
    /// - Throws: `CommandFault`, where that fails.
    func finish() throws(CommandFault) {
        guard !isBorrowed else { return }
        let closed = close(descriptor)
        descriptor = -1
        if closed != 0 { throw Self.fault(path, errno) }
        guard let replacement else { return }
        if rename(replacement.temporary, replacement.target) != 0 { throw Self.fault(path, errno) }
        self.replacement = nil
    }

    /// The standard output or error, where a path means it, such as `/dev/stdout`.
    private static func ownDescriptor(of file: stat) -> Int32? {
        [STDOUT_FILENO, STDERR_FILENO].first { descriptor in
            var own = stat()
            return file.st_mode & S_IFMT == S_IFREG && fstat(descriptor, &own) == 0 && own.st_dev == file.st_dev
                && own.st_ino == file.st_ino
        }
    }

    /// Where symbolic links lead, also those whose file is not there yet.
    private static func target(of path: String) throws(CommandFault) -> String {
        var path = path
        for _ in 0..<40 {
            var name = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = name.withUnsafeMutableBytes {
                readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
            }
            guard count > 0 else { return path }
            let link = String(decoding: name.prefix(count), as: UTF8.self)
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            path = link.hasPrefix("/") ? link : folder + link
        }
        throw fault(path, ELOOP)
    }

    private static func fault(_ path: String, _ reason: Int32) -> CommandFault {
        CommandFault(
            .cannotWrite,
            "“\(path)” cannot be written: \(String(cString: strerror(reason))). Name a file in a folder that exists and may "
                + "be written to.")
    }
}

/// Writes all of the bytes.
///
/// - Returns: The error's number, where that fails; nil where all is written.
func failure(ofWriting bytes: some Sequence<UInt8>, to descriptor: Int32) -> Int32? {
    let bytes = Array(bytes)
    return bytes.withUnsafeBytes { bytes in
        var start = 0
        while start < bytes.count {
            let count = write(descriptor, bytes.baseAddress! + start, bytes.count - start)
            if count > 0 {
                start += count
            } else if count < 0, errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
