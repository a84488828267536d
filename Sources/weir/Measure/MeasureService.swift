import ArgumentParser
import Foundation
import WeirReporting
import WeirServer

extension MeasureCommand {
    /// Answers a measurement asked for over HTTP by the command of that name.
    ///
    /// The contents of files are written to a folder that lives as long as the request. Options that name a file come from
    /// the request's files only: nobody shall read or write the server's own.
    static func report(_ request: MeasureRequest) throws(MeasureRefusal) -> Report {
        let commands = configuration.subcommands.compactMap { $0 as? any MeasuringCommand.Type }
            .filter { !$0.readsStore }
        guard let command = commands.first(where: { ($0.configuration.commandName ?? "") == request.kind }) else {
            throw .unknownKind(known: commands.map { ($0.configuration.commandName ?? "") }.sorted())
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-measure-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return try command.parse(arguments(request, command, folder)).measured()
        } catch let refusal as MeasureRefusal {
            throw refusal
        } catch {
            throw .refused(command.message(for: error))
        }
    }

    private static func arguments(
        _ request: MeasureRequest, _ command: any MeasuringCommand.Type, _ folder: URL
    ) throws -> [String] {
        var arguments: [String] = []
        for (name, value) in request.options {
            guard name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil else {
                throw MeasureRefusal.refused("options.\(name): an option's name has small letters, digits and hyphens.")
            }
            guard !command.files.contains(name) else {
                throw MeasureRefusal.refused("options.\(name): send the file's content as files.\(name).")
            }
            guard !["store", "id", "cases"].contains(name) else {
                throw MeasureRefusal.refused(
                    "options.\(name): what the server measures itself is under /v1/measurements; send files here.")
            }
            guard !["output", "format", "json", "table"].contains(name) else {
                throw MeasureRefusal.refused("options.\(name): ask for a form behind the path, such as ?format=html.")
            }
            arguments.append("--" + name + (value.map { "=" + $0 } ?? ""))
        }
        for (name, content) in request.files {
            guard command.files.contains(name) else {
                throw MeasureRefusal.refused(
                    "files.\(name): this measurement takes \(command.files.joined(separator: ", ")).")
            }
            let isPacked = content.starts(with: [0x1f, 0x8b])
            let file = folder.appendingPathComponent(name + (isPacked ? ".csv.gz" : ".csv"))
            try Data(content).write(to: file)
            arguments.append("--\(name)=\(file.path)")
        }
        return arguments
    }
}
