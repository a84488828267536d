import Testing
import WeirDomain

@Suite("Moments and times")
struct TimeTests {
    @Test(
        "An offset is taken off, whichever way it points",
        arguments: [
            ("2017-06-01T12:00:00+02:00", "2017-06-01T10:00:00.000Z"),
            ("2017-06-01T12:00:00-0530", "2017-06-01T17:30:00.000Z"),
            ("2017-06-01 12:00:00.25", "2017-06-01T12:00:00.250Z"), ("1969-12-31", "1969-12-31T00:00:00.000Z"),
        ])
    func offsets(text: String, expected: String) throws {
        #expect(try #require(Timestamp(iso8601: text)).iso8601 == expected)
    }

    @Test("An experiment is in force from its start on and no longer at its end")
    func inForce() {
        let start = Timestamp(microseconds: 1_000)
        let end = Timestamp(microseconds: 2_000)
        let experiment = Experiment(
            id: ExperimentID("spring"), arms: [Experiment.Arm(id: ArmID("control"), share: 1, offers: .all)],
            start: start, end: end)

        #expect(!experiment.isInForce(at: Timestamp(microseconds: 999)))
        #expect(experiment.isInForce(at: start))
        #expect(experiment.isInForce(at: Timestamp(microseconds: 1_999)))
        #expect(!experiment.isInForce(at: end))
    }

    @Test("A refusal of the same moment wins over a consent, whichever comes first", arguments: [true, false])
    func consentAtOneMoment(isRefusalFirst: Bool) {
        func answer(_ isGranted: Bool) -> ConsentState.Answer {
            ConsentState.Answer(
                purpose: Purpose("marketing"), channel: nil, isGranted: isGranted, time: Timestamp(microseconds: 5))
        }
        var consent = ConsentState()
        for isGranted in [!isRefusalFirst, isRefusalFirst] { consent.recordAnswer(answer(isGranted)) }

        #expect(consent.isGranted(Purpose("marketing"), on: Channel("email")) == false)
    }

    @Test("Moments and spans stop at the ends of what 64 bits hold")
    func ends() {
        let (first, last) = (Timestamp(microseconds: .min), Timestamp(microseconds: .max))
        #expect(last.since(first).microseconds == .max && first.since(last).microseconds == .min)
        #expect(last + .day == last && first - .day == first && last - .day < last && first + .day > first)
        #expect((TimeSpan.day * Int.max).microseconds == .max && (TimeSpan.day * Int.min).microseconds == .min)
        #expect((TimeSpan(microseconds: -1) * Int.min).microseconds == .max)
        for count in [1e300, Double.infinity] {
            #expect(TimeSpan.seconds(count).microseconds == .max && TimeSpan.days(-count).microseconds == .min)
        }
        #expect(TimeSpan.days(.nan) == .zero && Timestamp(seconds: .nan).microseconds == 0)
        #expect(Timestamp(seconds: 1e30) == last && Timestamp(seconds: 1.5).microseconds == 1_500_000)
        #expect(!first.iso8601.isEmpty && !last.iso8601.isEmpty)
        #expect(Timestamp(day: .max) == last)
    }

    @Test("A number becomes the nearest integer toward zero, or the nearest that there is")
    func saturating() {
        #expect(Int64(saturating: 9.3e18) == .max && Int64(saturating: -1e300) == .min)
        #expect(Int64(saturating: -9_223_372_036_854_775_808) == .min && Int(saturating: .nan) == 0)
        #expect(Int(saturating: 2.9) == 2 && Int(saturating: -2.9) == -2 && UInt8(saturating: 256) == 255)
    }
}
