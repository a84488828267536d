import Foundation
import WeirLearning

extension TrainedModel {
    /// A model of a file that `weir train` wrote.
    ///
    /// - Throws: `CommandFault` where it cannot be read, or is no model.
    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFault(.noInput, "“\(path)” cannot be read. Name a file that `weir train --output FILE` wrote.")
        }
        do { self = try JSONDecoder().decode(TrainedModel.self, from: data) } catch {
            throw CommandFault(
                .badInput, "“\(path)” is no model that can be read: name a file that `weir train` wrote.")
        }
        guard format <= Self.currentFormat else {
            throw CommandFault(.badInput, "“\(path)” has the later format \(format). Use a newer weir.")
        }
        if let fault { throw CommandFault(.badInput, "“\(path)” holds a damaged model (\(fault)).") }
    }
}
