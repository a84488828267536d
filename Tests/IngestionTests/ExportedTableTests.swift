import Testing
import WeirDomain
import WeirFiles
import WeirIngestion
import WeirJSON

@Suite("Tables as programs export them")
struct ExportedTableTests {
    static let mapping: CSVMapping = {
        var mapping = CSVMapping()
        mapping.event = .literal("Order Completed")
        mapping.userID = "who"
        mapping.timestamp = "when"
        mapping.messageID = ["order"]
        mapping.properties = ["revenue": .init(column: "total", type: .number)]
        return mapping
    }()

    func read(_ bytes: [UInt8], _ mapping: CSVMapping = mapping, pieces: Int = .max) throws -> EventFileReader.Chunk {
        try readAll(bytes, as: .table(mapping), pieces: pieces).first ?? EventFileReader.Chunk()
    }

    func read(_ text: String, _ mapping: CSVMapping = mapping) throws -> EventFileReader.Chunk {
        try read(Array(text.utf8), mapping)
    }

    @Test("UTF-16 is found by its mark or its letters, wherever its bytes break", arguments: [1, 2, 3, 7, 1_000_000])
    func utf16(pieces: Int) throws {
        let text = "order,who,when,total\nA,zo\u{eb}😀,2026-01-02,5\n"
        for isBig in [false, true] {
            for hasMark in [false, true] {
                let units = Array((hasMark ? "\u{feff}" : "").utf16) + Array(text.utf16)
                let bytes = units.flatMap { unit in
                    isBig ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
                }
                #expect(try read(bytes, pieces: pieces).events.map(\.userID) == ["zo\u{eb}😀"])
            }
        }
    }

    @Test("Latin-1 is read where it is declared; without that a row with its letters says so")
    func latin1() throws {
        let bytes = Array("order,who,when,total\nA,zo".utf8) + [0xeb, 0x80] + Array(",2026-01-02,5\n".utf8)
        var declared = Self.mapping
        declared.encoding = .latin1
        #expect(try read(bytes, declared).events.map(\.userID) == ["zo\u{eb}€"])
        #expect(try read(bytes).rejected.first?.reason.contains("encoding: Latin-1") == true)
    }

    @Test("The header is the line with the mapping's columns; lines keep their numbers")
    func titles() throws {
        let text = "Report; 2026\n\"a \"\"b\"\"\",x\n\norder;who;when;total\nA;u;2026-01-02;5\nB;;2026-01-02;5\n"
        let chunk = try read(text)
        #expect(chunk.events.map(\.messageID) == ["A"])
        #expect(chunk.rejected.map(\.line) == [6])
        var skipping = Self.mapping
        skipping.skip = 1
        #expect(try read("order,who,when,total\norder,who,when,total\nA,u,2026-01-02,5\n", skipping).events.count == 1)
        let error = #expect(throws: EventFileError.self) { try read("Report\norder,who\nA,u\n") }
        #expect(error?.description.contains("“when”, “total”") == true)
    }

    @Test("Rows that add others up, and rows that do not meet the condition, are left out and counted")
    func leftOut() throws {
        var mapping = Self.mapping
        mapping.only = .init(column: "total", above: 0)
        mapping.totals = ["Zwischensumme"]
        let text = """
            order,who,when,total
            A,u,2026-01-02,5
            Total:,,,5
            Zwischensumme,,,5
            B,u,2026-01-02,0
            Total,u,2026-01-02,7
            """
        let chunk = try read(text, mapping)
        #expect(chunk.events.map(\.messageID) == ["A", "Total"])
        #expect(chunk.leftOut == 3)
        #expect(chunk.rejected.isEmpty)
    }

    @Test("Why rows are left out is told, with the value that says so")
    func reasons() throws {
        var mapping = Self.mapping
        mapping.properties["status"] = .init(column: "status")
        mapping.only = .init(column: "status", values: ["paid"])
        mapping.unless = [.init(column: "live", values: ["false"])]
        mapping.optional = ["live"]
        let rows =
            "A,u,2026-01-02,5,paid,true\nB,u,2026-01-02,5,failed,true\nC,u,2026-01-02,5,paid,FALSE\nTotal,,,9,,\n"
        let chunk = try read("order,who,when,total,status,live\n" + rows, mapping)
        #expect(chunk.events.map(\.messageID) == ["A"])
        #expect(
            chunk.leftOutBy == [
                "have “failed” in “status”": 1, "have “FALSE” in “live”": 1, "add others up": 1,
            ])
        // Without the column that a table may lack.
        #expect(try read("order,who,when,total,status\nA,u,2026-01-02,5,paid\n", mapping).events.count == 1)
        let error = #expect(throws: EventFileError.self) {
            try read("order,who,when,total\nA,u,2026-01-02,5\n", mapping)
        }
        #expect(error?.description.contains("“status”") == true)
    }

    @Test("A sum above or below the rows is none of them, in whatever column the word stands")
    func grandTotal() throws {
        let chunk = try read("order,who,when,total,\n,,,5,Grand total\nA,u,2026-01-02,5,\n,,,6,more\n")
        #expect(chunk.events.map(\.messageID) == ["A"])
        #expect(chunk.leftOut == 1 && chunk.rejected.map(\.line) == [4])
    }

    @Test(
        "An amount in minor units is so many of its currency's",
        arguments: [("4250", "usd", 42.5), ("4250", "JPY", 4250), ("4250", "kwd", 4.25), ("0", "eur", 0)])
    func minor(text: String, currency: String, expected: Double) throws {
        var mapping = Self.mapping
        mapping.properties["revenue"] = .init(column: "total", type: .minor)
        mapping.properties["currency"] = .init(column: "currency")
        let header = "order,who,when,total,currency\n"
        let event = try #require(try read(header + "A,u,2026-01-02,\(text),\(currency)\n", mapping).events.first)
        #expect(event.properties["revenue"]?.double == expected)
        #expect(
            try read(header + "A,u,2026-01-02,\(text),\n", mapping).rejected.first?.reason.contains("no currency")
                == true)
    }

    @Test("The id of a row has the event before it, unless it is an order")
    func ids() throws {
        var refunds = Self.mapping
        refunds.event = .literal("Order Refunded")
        let text = "order,who,when,total\nA,u,2026-01-02,5\n"
        #expect(try read(text, refunds).events.map(\.messageID) == ["Order Refunded A"])
        refunds.messageID = ["order", "who"]
        var orders = Self.mapping
        orders.messageID = ["order", "who"]
        #expect(try read(text, refunds).events.map(\.messageID) != read(text, orders).events.map(\.messageID))
    }

    @Test("Columns of consent become a stamp")
    func consent() throws {
        var mapping = Self.mapping
        mapping.consent = ["marketing": .init(column: "ok"), "marketing:email": .init(column: "gone", isRefusal: true)]
        let chunk = try read(
            "order,who,when,total,ok,gone\nA,u,2026-01-02,5,yes,TRUE\nB,u,2026-01-02,5,,\nC,u,2026-01-02,5,perhaps,\n"
                + "D,u,2026-01-02,5,,no\nE,u,2026-01-02,5,,2026-01-01 10:00\n",
            mapping)
        #expect(
            chunk.events.map { $0.context["consent"]?["categoryPreferences"] } == [
                ["marketing": true, "marketing:email": false], nil, nil, ["marketing:email": false],
            ])
        #expect(chunk.rejected.map(\.pointer) == ["#/ok"])
    }

    @Test(
        "A day alone stays a day, however it is written",
        arguments: [
            "2026-01-30", "30.01.2026", "01/30/2026", "30/01/2026", "30-Jan-2026", "20260130", "2026/01/30", "30.01.26",
            "\"Jan 30, 2026\"", "30 Jan 2026",
        ])
    func days(text: String) throws {
        for zone in [nil, "Europe/Berlin"] {
            var mapping = Self.mapping
            mapping.dates.zone = zone
            let event = try #require(try read("order,who,when,total\nA,u,\(text),5\n", mapping).events.first)
            let begins = zone == nil ? "2026-01-30T00:00:00Z" : "2026-01-29T23:00:00Z"
            #expect(event.eventTime == Timestamp(iso8601: begins))
            #expect(event.context[Event.timestampPrecision] == "day")
        }
        let event = try #require(try read("order,who,when,total\nA,u,30.01.2026 00:00,5\n").events.first)
        #expect(event.context[Event.timestampPrecision] == nil)
    }

    @Test("Excel's whole numbers are days, others moments")
    func excelDays() throws {
        var mapping = Self.mapping
        mapping.dates.isExcel = true
        let events = try read("order,who,when,total\nA,u,46052,5\nB,u,46052.5,5\n", mapping).events
        #expect(events.map(\.eventTime) == ["2026-01-30", "2026-01-30T12:00:00Z"].map { Timestamp(iso8601: $0) })
        #expect(events.map { $0.context[Event.timestampPrecision] } == ["day", nil])
    }

    @Test("What a spreadsheet wraps is unwrapped, and an id that it has cut is refused with its column")
    func spreadsheets() throws {
        let chunk = try read(
            "order,who,when,total\n\"=\"\"007\"\"\",'00123,2026-01-02,5\nB,\"1,23457E+12\",2026-01-02,5\n"
                + "9.1E+15,u,2026-01-02,5\nE+7,2E7,2026-01-02,5\n")
        #expect(chunk.events.map(\.messageID) == ["007", "E+7"])
        #expect(chunk.events.map(\.userID) == ["00123", "2E7"])
        #expect(chunk.rejected.map(\.pointer) == ["#/who", "#/order"])
    }

    @Test(
        "Exports of those who want no mail are told from those who do, and refuse it",
        arguments: [("mailchimp-unsubscribed", "UNSUB_TIME"), ("mailchimp-cleaned", "CLEAN_TIME")])
    func refusals(name: String, column: String) throws {
        let audience = try #require(ReadyMapping.named("mailchimp-audience"))
        let header = audience.mapping.columns + [column]
        let ready = try #require(MappingProposal(header: header)?.ready)
        #expect(ready.name == name)
        let row = header.map { $0 == "Email Address" ? "ada@example.com" : "2026-01-02 10:00:00" }
        let text = header.joined(separator: ",") + "\n" + row.joined(separator: ",") + "\n"
        let event = try #require(try read(text, ready.mapping).events.first)
        #expect(event.context["consent"]?["categoryPreferences"] == ["marketing:email": false])
        #expect(event.eventTime == Timestamp(iso8601: "2026-01-02T10:00:00Z"))
    }

    @Test("A proposal takes the column of numbers for the order's id, and names a status")
    func proposedIDs() throws {
        let proposal = try #require(
            MappingProposal(header: ["ID", "Purchase Date", "Grand Total", "Status", "Customer Email"]))
        #expect(proposal.mapping.messageID == ["ID"])
        #expect(proposal.status == "Status")
        let bare = try #require(MappingProposal(header: ["Customer Email", "Amount"]))
        #expect(bare.lines.contains { $0.contains("No column looks like the order's number") })
    }

    @Test("Texts that stand for nothing are left out where the mapping names them")
    func empty() throws {
        var mapping = Self.mapping
        let text = "order,who,when,total\nA,u,2026-01-02,N/A\n"
        #expect(try read(text, mapping).events.isEmpty)
        mapping.empty = ["N/A"]
        #expect(try read(text, mapping).events.map(\.properties) == [.emptyObject])
    }

    @Test("A piece of a file knows its lines")
    func pieces() throws {
        var reader = EventFileReader(
            feed(Array("order,who,when,total\nA,,2026-01-02,5\n".utf8)), as: .table(Self.mapping), source: "file",
            received: received, firstLine: 41)
        let chunk = try reader.next()
        #expect(chunk?.rejected.map(\.line) == [42])
        #expect(chunk?.lastLine == 42)
    }

    @Test("Of a known export the mapping is found, of another one is proposed")
    func proposals() throws {
        #expect(Set(ReadyMapping.all.map(\.name)).count == ReadyMapping.all.count)
        for ready in ReadyMapping.all { #expect(ReadyMapping.fitting(ready.mapping.columns)?.mapping != nil) }
        let orders = try #require(ReadyMapping.named("shopify-orders"))
        #expect(MappingProposal(header: orders.mapping.columns + ["Refunded Amount"])?.ready?.name == "shopify-orders")
        let proposal = try #require(
            MappingProposal(header: ["Customer ID", "Order Date", "Order No.", "Grand Total", "Colour"]))
        #expect(proposal.mapping.userID == "Customer ID" && proposal.mapping.timestamp == "Order Date")
        #expect(proposal.mapping.messageID == ["Order No."])
        #expect(proposal.mapping.properties["revenue"] == .init(column: "Grand Total", type: .number))
        #expect(proposal.yaml.contains("messageId: [\"Order No.\"]"))
        #expect(MappingProposal(header: ["Colour", "Weight"]) == nil)
    }
}

@Suite("Moments as exports write them")
struct WrittenMomentTests {
    @Test(
        "A moment is read where its text can mean one only",
        arguments: [
            ("2026-11-20 09:49:58 +0200", "2026-11-20T07:49:58.000Z"),
            ("2026-11-20 10:15:00 UTC", "2026-11-20T10:15:00.000Z"),
            ("1795169700", "2026-11-20T10:15:00.000Z"), ("1795169700123", "2026-11-20T10:15:00.123Z"),
            ("20261120", "2026-11-20T00:00:00.000Z"), ("11/20/2026", "2026-11-20T00:00:00.000Z"),
            ("20/11/2026 10:15:30", "2026-11-20T10:15:30.000Z"), ("05.11.2026 8:15", "2026-11-05T08:15:00.000Z"),
            ("5-Nov-26", "2026-11-05T00:00:00.000Z"), ("Nov 20, 2026 12:15 AM", "2026-11-20T00:15:00.000Z"),
            ("November 5, 2026, 12:15pm", "2026-11-05T12:15:00.000Z"),
            ("20 Nov 2026 10:15 +01:00", "2026-11-20T09:15:00.000Z"),
            ("Fri, 20 Nov 2026 10:15:00 GMT", "2026-11-20T10:15:00.000Z"),
            ("2026/11/20 10:15", "2026-11-20T10:15:00.000Z"),
            (" 2026-11-20 ", "2026-11-20T00:00:00.000Z"),
        ])
    func reads(text: String, expected: String) throws {
        #expect(try WrittenMoment().moment(text).iso8601 == expected)
    }

    @Test("What may be two dates is read only where it is said which", arguments: ["02/03/2026", "2-3-26 10:15"])
    func ambiguous(text: String) throws {
        #expect(throws: WrittenMoment.Fault.ambiguous) { try WrittenMoment().moment(text) }
        var dates = WrittenMoment()
        dates.order = .day
        #expect(try dates.moment(text).isoDate == "2026-03-02")
        dates.order = .month
        #expect(try dates.moment(text).isoDate == "2026-02-03")
    }

    @Test(
        "What is no moment is none",
        arguments: [
            "", "someday", "2026", "31/12", "2026-13-01", "32.01.2026", "1.2.3.4", "Foo 20, 2026", "20 Nov 2026 25:00",
            "12345",
        ])
    func refuses(text: String) { #expect(throws: WrittenMoment.Fault.self) { try WrittenMoment().moment(text) } }

    @Test("A zone counts for texts that name none, also where clocks are put forward or back")
    func zones() throws {
        var dates = WrittenMoment()
        dates.zone = "Europe/Berlin"
        #expect(try dates.moment("2026-11-20 10:00").iso8601 == "2026-11-20T09:00:00.000Z")
        #expect(try dates.moment("20.07.2026").iso8601 == "2026-07-19T22:00:00.000Z")
        #expect(try dates.moment("2026-03-29 03:30").iso8601 == "2026-03-29T01:30:00.000Z")
        #expect(try dates.moment("2026-11-20T10:00:00Z").iso8601 == "2026-11-20T10:00:00.000Z")
        #expect(try dates.moment("2026-11-20 10:00:00 -0500").iso8601 == "2026-11-20T15:00:00.000Z")
    }

    @Test("Excel's days are read where the mapping says that they are such")
    func excel() throws {
        var dates = WrittenMoment()
        dates.isExcel = true
        #expect(try dates.moment("46346.5").iso8601 == "2026-11-20T12:00:00.000Z")
    }
}
