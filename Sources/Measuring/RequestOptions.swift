import WeirDomain
package import WeirJSON
import WeirReporting

/// What a request says over HTTP: `{"options": {"start": "2021-04-01"}, "files": {"input": "location,date,…"}}`.
///
/// Options have the names of the command line without the dashes. As there, a number may be written as text and a single
/// value stands for a list of one; null and false say nothing. Files come with their content and only so: no option reaches a
/// file of the machine.
package struct RequestOptions: Sendable {
    package var options: [JSON.Member]
    package var files: [JSON.Member]

    package init(options: [JSON.Member], files: [JSON.Member]) {
        self.options = options
        self.files = files
    }

    /// Reads a request's body.
    ///
    /// - Throws: `InvalidRequest`, where it does not have that shape.
    package init(parsing body: [UInt8]) throws(InvalidRequest) {
        let json: JSON
        do { json = try JSON(parsing: body) } catch { throw InvalidRequest(description: "\(error)") }
        guard json.members != nil else {
            throw InvalidRequest(description: "The body is \(json.kind); send an object.")
        }
        var faults: [String] = []
        for member in json.members ?? [] {
            guard ["options", "files"].contains(member.name) else {
                faults.append("“\(member.name)” is no part of a request; send options and files.")
                continue
            }
            if member.value != .null, member.value.members == nil {
                faults.append("\(member.name) is \(member.value.kind); send an object.")
            }
        }
        guard faults.isEmpty else { throw InvalidRequest(description: faults.joined(separator: "\n")) }
        self.init(options: json.present("options")?.members ?? [], files: json.present("files")?.members ?? [])
        for option in options {
            for value in option.value.array ?? [option.value] where value.array != nil || value.members != nil {
                throw InvalidRequest(
                    description: "options.\(option.name): send a text, a number, true, or a list of these.")
            }
        }
        for file in files where file.value.string == nil {
            throw InvalidRequest(description: "files.\(file.name): send the CSV file's content as a text.")
        }
    }

    /// - Throws: `MeasurementError` with all that is wrong.
    func decoded<Request: MeasurementRequest>() throws -> Request {
        var faults: [String] = []
        let standard = Mirror(reflecting: Request()).children.compactMap { child in
            child.label.map { (name: $0, value: child.value) }
        }
        var given: [String: JSON] = [:]
        for option in options {
            if let fault = Self.fault(ofOption: option.name, standard) {
                faults.append(fault)
            } else {
                given[option.name] = option.value
            }
        }
        let known = standard.filter { Self.isFile($0.value) }.map(\.name.hyphenated)
        for file in files {
            if !known.contains(file.name) {
                faults.append(
                    "files.\(file.name): this measurement takes \(known.isEmpty ? "no files" : known.joined(separator: ", "))."
                )
            } else {
                given[file.name] = file.value
            }
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        return try Request(from: RequestDecoder(given: given, standard: standard))
    }

    private static func fault(ofOption name: String, _ standard: [(name: String, value: Any)]) -> String? {
        guard name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil else {
            return "options.\(name): an option's name has small letters, digits and hyphens."
        }
        if ["store", "id", "cases"].contains(name) {
            return "options.\(name): what the server measures itself is under /v1/measurements; send files here."
        }
        if ["output", "format", "json", "table"].contains(name) {
            return "options.\(name): ask for a form behind the path, such as ?format=html."
        }
        guard let option = standard.first(where: { $0.name.hyphenated == name }) else {
            let known = standard.filter { !isFile($0.value) }.map(\.name.hyphenated)
            return "options.\(name): there is no such option. \(name.suggestion(from: known))"
        }
        return isFile(option.value) ? "options.\(name): send the file's content as files.\(name)." : nil
    }

    static func isFile(_ value: Any) -> Bool {
        let type = type(of: value)
        return type == MeasuredFile.self || type == MeasuredFile?.self || type == [MeasuredFile].self
    }
}

/// A body that is no request at all.
package struct InvalidRequest: Error, Equatable, CustomStringConvertible {
    package var description: String
}

extension String {
    /// `withinKm` as `within-km`.
    package var hyphenated: String {
        var text = ""
        for letter in self {
            if letter.isUppercase { text.append("-") }
            text += letter.lowercased()
        }
        return text
    }
}
