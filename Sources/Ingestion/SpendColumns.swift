/// Where a platform's report says what: found by the names that platforms give their columns.
struct SpendColumns: Sendable, Equatable {
    var day: String
    /// Of a row that adds up several days.
    var lastDay: String?
    var campaign: String?
    var channel: String?
    var currency: String?
    /// By what economics calls it.
    var measures: [(name: String, column: String)] = []
    /// ISO 4217, where the header has it, as in “Amount spent (EUR)”.
    var currencyOfHeader: String?
    /// Whose report it looks like.
    var platform: String

    static func == (left: SpendColumns, right: SpendColumns) -> Bool {
        left.day == right.day && left.measures.map(\.column) == right.measures.map(\.column)
    }

    /// - Returns: Nil where no column says the day, or none what was spent.
    init?(header: [String]) {
        func find(_ names: [String]) -> String? {
            names.lazy.compactMap { name in header.first { Self.plain($0) == name } }.first
        }
        guard let day = find(Self.days), let spend = find(Self.spends) else { return nil }
        self.day = day
        lastDay = find(["reporting ends", "ends", "berichtsende"]).flatMap { $0 == day ? nil : $0 }
        campaign = find(["campaign name", "campaign", "kampagne", "kampagnenname", "campaign group name"])
        channel = find(["channel", "channel type", "campaign type", "platform", "kanal"])
        currency = find(["currency code", "currency", "account currency", "währungscode", "währung"])
        measures = [("spend", spend)]
        if let shown = find(["impr.", "impressions", "impressionen"]) { measures.append(("impressions", shown)) }
        if let clicks = find(["clicks", "clicks (all)", "link clicks", "klicks", "klicks (alle)", "link-klicks"]) {
            measures.append(("visits", clicks))
        }
        currencyOfHeader = Self.inBrackets(spend)
        platform =
            Self.plain(spend).contains("amount spent") || Self.plain(spend).contains("ausgegebener")
            ? "meta" : find(["impr.", "campaign type", "currency code"]) != nil ? "google_ads" : "ads"
    }

    /// Of those with a day and an amount the columns that are read, for whoever looks for the header.
    var all: [String] { [day, lastDay, campaign, channel, currency].compactMap { $0 } + measures.map(\.column) }

    private static let days = [
        "day", "date", "reporting starts", "tag", "datum", "berichtsstart", "start date", "jour", "día",
    ]
    private static let spends = [
        "cost", "amount spent", "spend", "spent", "kosten", "ausgegebener betrag", "ad spend", "coût", "coste", "costo",
        "total spent", "media spend",
    ]

    /// In small letters, without what stands in brackets at the end where that is a currency.
    private static func plain(_ name: String) -> String {
        var text = name.lowercased()[...]
        if inBrackets(name) != nil, let start = text.lastIndex(of: "(") { text = text[..<start] }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    private static func inBrackets(_ name: String) -> String? {
        guard name.hasSuffix(")"), let start = name.lastIndex(of: "(") else { return nil }
        let code = name[name.index(after: start)...].dropLast()
        return code.count == 3 && code.allSatisfy { $0.isASCII && $0.isLetter } ? code.uppercased() : nil
    }
}
