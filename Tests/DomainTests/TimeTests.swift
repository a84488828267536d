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
}
