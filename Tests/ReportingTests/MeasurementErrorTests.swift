import WeirReporting
import Testing

@Test("All faults are said at once, one per line")
func faultsAreSaid() {
    #expect(MeasurementError(["a is empty.", "b is negative."]).description == "a is empty.\nb is negative.")
}
