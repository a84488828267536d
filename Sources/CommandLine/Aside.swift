import Foundation

/// Says on the standard error what somebody should know beside the result, a line each.
func sayAside(_ lines: [String]) {
    for line in lines { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
