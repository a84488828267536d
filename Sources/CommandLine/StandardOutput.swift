import ArgumentParser
import Foundation

/// Where results go that name no file.
enum StandardOutput {
    /// Writes a text behind all that was printed before.
    ///
    /// - Throws: `CommandFault`, where not all of it can be written, such as to a full disk; `ExitCode` where its reader has
    ///   gone, which needs no words.
    static func write(_ text: String) throws {
        try flush()
        if let reason = failure(ofWriting: text.utf8, to: STDOUT_FILENO) { throw fault(reason) }
    }

    /// Writes what was printed and is not written yet.
    ///
    /// - Throws: As `write`.
    static func flush() throws { if fflush(nil) != 0 { throw fault(errno) } }

    private static func fault(_ reason: Int32) -> any Error {
        // As where the signal ends the process: 128 and its number.
        if reason == EPIPE { return ExitCode(128 + SIGPIPE) }
        return CommandFault(
            .cannotWrite,
            "The result cannot be written to the standard output: \(String(cString: strerror(reason))). What is there is not "
                + "whole; make room, or send it elsewhere.")
    }
}
