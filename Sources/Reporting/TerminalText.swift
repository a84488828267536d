extension String {
    /// With what would steer a terminal, or turn the order of letters round, written as `\\u{1B}`; line ends and tabs stay.
    ///
    /// What a report shows may come from anybody who can send a message.
    package var withoutTerminalControls: String {
        guard unicodeScalars.contains(where: \.steersTerminals) else { return self }
        var shown = ""
        for scalar in unicodeScalars {
            if scalar.steersTerminals {
                shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}

extension Unicode.Scalar {
    fileprivate var steersTerminals: Bool {
        switch value {
        case 0x09, 0x0a, 0x0d: false
        case 0..<0x20, 0x7f..<0xa0: true
        // Marks of direction, their overrides and isolates.
        case 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
