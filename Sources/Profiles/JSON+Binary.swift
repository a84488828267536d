import WeirDomain
import WeirJSON

extension ByteWriter {
    /// A tag and then what it says; unlike JSON text it keeps 1 and 1.0 apart.
    mutating func json(_ value: JSON) {
        switch value {
        case .null: fixed(UInt8(0))
        case .bool(let value): fixed(UInt8(value ? 2 : 1))
        case .integer(let value):
            fixed(UInt8(3))
            integer(value)
        case .number(let value):
            fixed(UInt8(4))
            double(value)
        case .string(let text):
            fixed(UInt8(5))
            string(text)
        case .array(let values):
            fixed(UInt8(6))
            list(values) { $0.json($1) }
        case .object(let members):
            fixed(UInt8(7))
            list(members) { writer, member in
                writer.string(member.name)
                writer.json(member.value)
            }
        }
    }

    mutating func optional<Wrapped>(_ value: Wrapped?, _ body: (inout ByteWriter, Wrapped) -> Void) {
        bool(value != nil)
        if let value { body(&self, value) }
    }
}

extension ByteReader {
    /// - Parameter depth: How many arrays and objects may stand inside each other, so that damage cannot exhaust the
    ///   stack; what is accepted from outside is flatter.
    mutating func json(depth: Int = 1024) throws(DamagedRecord) -> JSON {
        switch try fixed(UInt8.self) {
        case 0: return .null
        case 1: return false
        case 2: return true
        case 3: return .integer(Int64(try integer()))
        case 4: return .number(try double())
        case 5: return .string(try string())
        case 6 where depth > 0:
            return .array(try list { reader throws(DamagedRecord) in try reader.json(depth: depth - 1) })
        case 7 where depth > 0:
            return .object(
                try list { reader throws(DamagedRecord) in
                    let name = try reader.string()
                    return JSON.Member(name, try reader.json(depth: depth - 1))
                })
        default: throw DamagedRecord(offset: 0)
        }
    }

    mutating func optionalString() throws(DamagedRecord) -> String? { try bool() ? try string() : nil }
    mutating func optionalTimestamp() throws(DamagedRecord) -> Timestamp? { try bool() ? try timestamp() : nil }
}
