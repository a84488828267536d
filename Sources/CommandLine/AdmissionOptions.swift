import ArgumentParser
import WeirLimits
import WeirServer

/// What a server lets in, and how often; docs/operations.md says what each limit is for.
struct AdmissionOptions: ParsableArguments {
    @Option(help: "Records that one key may send a second.")
    var keyRate = 100_000

    @Option(help: "Requests a second that one address may send without a known key in their headers.")
    var addressRate = 5_000

    @Option(help: "Connections at most, an eighth of them for those who have shown a key that decides or manages.")
    var connections = 16_384

    @Option(help: "Connections of one address that have not shown such a key.")
    var connectionsPerAddress = 8_192

    @Option(help: "The longest context of a decision, in bytes.")
    var contextBytes = 8_192

    @Option(help: "Messages in the quarantine; of more the oldest leave.")
    var quarantineMessages = 100_000

    @Option(name: .customLong("quarantine-mb"), help: "Megabytes of messages in the quarantine.")
    var quarantineMegabytes = 256

    @Option(help: "Days that a message waits in the quarantine.")
    var quarantineDays = 90

    func validate() throws {
        let all = [
            ("--key-rate", keyRate, 1_000_000_000), ("--address-rate", addressRate, 1_000_000_000),
            ("--connections", connections, 1_000_000), ("--connections-per-address", connectionsPerAddress, 1_000_000),
            ("--context-bytes", contextBytes, 1 << 20), ("--quarantine-messages", quarantineMessages, 100_000_000),
            ("--quarantine-mb", quarantineMegabytes, 1 << 20), ("--quarantine-days", quarantineDays, 36_500),
        ]
        for (name, value, most) in all where !(1...most).contains(value) {
            throw ValidationError("\(name): \(value) is not possible; give a whole number in 1...\(most).")
        }
    }

    func apply(to settings: inout ServerSettings) {
        settings.rates.key = Rate(perSecond: Double(keyRate), burst: 2 * Double(keyRate))
        settings.rates.address = Rate(perSecond: Double(addressRate), burst: 2 * Double(addressRate))
        settings.connections.total = connections
        settings.connections.perAddress = connectionsPerAddress
        settings.limits.contextBytes = contextBytes
        settings.quarantine.messages = quarantineMessages
        settings.quarantine.bytes = quarantineMegabytes << 20
        settings.quarantine.days = quarantineDays
    }
}
