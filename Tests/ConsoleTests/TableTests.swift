import Testing
import WeirConsole
import WeirDomain

@Suite("Tables")
struct TableTests {
    @Test(
        "Texts are quoted where needed, and never run as a formula",
        arguments: [
            ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\nb", "\"a\nb\""),
            ("=cmd()", "'=cmd()"), ("-1+1", "'-1+1"), ("@x,y", "\"'@x,y\""), ("", ""),
        ])
    func texts(text: String, field: String) {
        #expect(csv(Table(name: "t", columns: ["c"], rows: [[.text(text)]])) == "c\r\n\(field)\r\n")
    }

    @Test("Figures are exact and have no separators")
    func figures() {
        let row: [Table.Cell] = [
            .number(-1_234.5678, digits: 2), .count(1_204), .money(Money(minorUnits: -5, currency: .usd)),
            .time(NowSnapshot.noon), .empty,
        ]
        let table = Table(name: "t", columns: ["a", "b", "c", "d", "e"], rows: [row])
        #expect(csv(table) == "a,b,c,d,e\r\n-1234.57,1204,-0.05,2017-11-19T14:02:31.000Z,\r\n")
    }

    @Test("A decision's table holds its gated offers too, with the gate")
    func decision() {
        let table = decisionTable(.sample)
        #expect(table.rows.count == ExplainedDecision.sample.candidates.count + ExplainedDecision.sample.gated.count)
        #expect(table.rows.last?.last == .text("rule: bought 3 days ago"))
    }
}
