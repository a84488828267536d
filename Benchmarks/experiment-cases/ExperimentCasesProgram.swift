import Foundation
import WeirExperimentCases
import WeirJSON
import WeirReporting

/// Computes the cases of a file, `experiment-cases FILE`, and prints their outputs by id as JSON.
@main
struct ExperimentCasesProgram {
    static func main() {
        guard CommandLine.arguments.count == 2,
            let content = FileManager.default.contents(atPath: CommandLine.arguments[1])
        else { return fail("Name a JSON file with a list “cases” that can be read: experiment-cases FILE") }
        do { print(try experimentCases(JSON(parsing: Array(content))).text) } catch { fail("\(error)") }
    }

    private static func fail(_ message: String) {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(1)
    }
}
